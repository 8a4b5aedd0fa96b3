"""The dialect of Markdown that lessons are written in: extensions of Python-Markdown and of ours, in one place."""

import re
import unicodedata
import xml.etree.ElementTree as ElementTree
from collections.abc import MutableMapping
from html import escape
from itertools import pairwise
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import SimpleTagInlineProcessor, SubstituteTagInlineProcessor
from markdown.treeprocessors import Treeprocessor
from pymdownx.slugs import slugify

from content.code_blocks import LINES, code_block, numbers_in
from content.inline_markdown import HIGHLIGHT
from content.maths import DrawFormulas, NoteOtherFormulas, mathml
from course.markdown.block_layout import LayOutBlocks
from course.markdown.glossary import DefineTerms, Glossary, KeepPipes, LinkTerms
from course.markdown.limits import LimitBrackets
from course.markdown.line_markers import MARKED, NumberLines, RememberLines
from course.markdown.passage_ids import NamePassages
from course.markdown.permalinks import AddPermalinks
from course.markdown.picture_frames import FramePictures
from course.markdown.scroll_frames import ReadableCode, ReadableTables
from course.markdown.section_ends import MarkSectionEnds
from course.markdown.table_rows import CheckedTables
from course.markdown.template_tags import KeepTags

CALL_OUTS = ("real-world", "interview-tip", "common-mistake", "try-it")
# Kinds of call-outs that authors know from GitHub, MkDocs and Obsidian.
GENERAL_CALL_OUTS = (
    *("note", "info", "abstract", "summary", "todo", "question", "example", "quote", "tip", "hint", "important"),
    *("success", "check", "warning", "caution", "attention", "danger", "error", "failure", "bug"),
)
BLOCKS = (*CALL_OUTS, *GENERAL_CALL_OUTS, "details")
# The attribute in which a block between fences says why it is refused.
REFUSED = "data-refused"
# Signs that tell names of languages apart, which an anchor would lose: C, C++ and C#.
SPOKEN = ((re.compile(r"(?<=\w)#"), "-sharp"), (re.compile(r"(?<=\w)\+\+"), "-plus-plus"))
_slug = slugify(case="lower", normalize="NFC")


class SeparateFootnotes(Treeprocessor):
    """Marks a footnote's number that directly follows another one: without a comma they would read as one.

    Says of the links back that their names are English.
    """

    def run(self, root: ElementTree.Element) -> None:
        for link in root.iter("a"):
            if link.get("class") == "footnote-backref":
                link.set("lang", "en")
        for parent in root.iter():
            for one, other in pairwise(parent):
                if one.tag == other.tag == "sup" and not MARKED.sub("", one.tail or ""):
                    other.set("class", "another")


class CourseExtension(Extension):
    """Adds our own processors to Markdown. After a run they hold what they found."""

    def __init__(self, glossary: Glossary, first: int, *, names_passages: bool) -> None:
        super().__init__()
        self.names_passages = names_passages
        self.glossary = glossary
        self.first = first

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  (Python-Markdown's name)
        self.tags = KeepTags(md)
        self.terms = LinkTerms(md, self.glossary)
        self.lines = NumberLines(md, BLOCKS)
        self.formulas = DrawFormulas(md, self.tags.plain)
        self.other_formulas = NoteOtherFormulas(md)
        self.tables = CheckedTables(md, self.lines.line_of)
        md.ESCAPED_CHARS.append("|")
        md.parser.blockprocessors.register(self.tables, "table", 75)
        # Blocks of code are taken out at 25.
        md.preprocessors.register(RememberLines(md, self.first), "remember_lines", 28)
        md.preprocessors.register(LimitBrackets(md), "limit_brackets", 24.7)
        md.preprocessors.register(self.tags, "keep_tags", 24.5)
        md.preprocessors.register(KeepPipes(md), "keep_pipes", 24)
        md.preprocessors.register(self.lines, "number_lines", 23)
        md.preprocessors.register(LayOutBlocks(md), "lay_out_blocks", 22)
        md.ESCAPED_CHARS.append("$")
        md.inlinePatterns.register(SubstituteTagInlineProcessor(r"\\\n", "br"), "backslash_break", 182)
        md.inlinePatterns.register(SimpleTagInlineProcessor(HIGHLIGHT, "mark"), "highlight", 65)
        md.inlinePatterns.register(self.formulas, "formulas", 185)
        md.inlinePatterns.register(self.other_formulas, "other_formulas", 184)
        md.inlinePatterns.register(self.terms, "terms", 178)
        md.treeprocessors.register(ReadableTables(md), "readable_tables", 15)
        md.treeprocessors.register(ReadableCode(md), "readable_code", 14)
        md.treeprocessors.register(FramePictures(md), "frame_pictures", 13)
        md.treeprocessors.register(DefineTerms(md, self.glossary), "define_terms", 3)
        md.treeprocessors.register(SeparateFootnotes(md), "part_notes", 4)
        md.treeprocessors.register(AddPermalinks(md), "link_places", 2)
        md.treeprocessors.register(MarkSectionEnds(md), "mark_section_ends", 0.5)
        if self.names_passages:
            md.treeprocessors.register(NamePassages(md), "name_passages", 1)

    def anchor(self, title: str, separator: str) -> str:
        """Returns the anchor of a heading, in the title's own script."""
        text = unicodedata.normalize("NFC", self.tags.plain(title))
        for sign, word in SPOKEN:
            text = sign.sub(word, text)
        words = str(_slug(text, separator)).split(separator)
        return separator.join(filter(None, words)) or "section"


def _read_code_options(
    _language: str, given: MutableMapping[str, str], options: MutableMapping[str, Any], *_: object
) -> bool:
    """Reads the options behind a fence: a title, and lines to mark as `hl_lines="1 3-5"` or `{1,3-5}`."""
    braced = [name for name in given if LINES.fullmatch(name)]
    lines = [*braced, *(value for name, value in given.items() if name == "hl_lines")]
    options["lines"] = [number for each in lines for number in numbers_in(each)]
    options["title"] = given.get("title", "")
    return given.keys() <= {"title", "hl_lines", *braced}


def _code(source: str, language: str, _class: str, options: dict[str, Any], *_: object, **__: object) -> str:
    return code_block(source, language, **options)


def _formula(source: str, *_: object, **__: object) -> str:
    try:
        return mathml(source, is_block=True)
    except ValueError as error:
        return _refusal(f"formula {source.strip()!r} cannot be drawn: {error}; write TeX")


def _diagram(*_: object, **__: object) -> str:
    return _refusal(
        "Mermaid is not drawn here; write {% saga_diagram %} for a saga, or draw it once into the lesson's folder, as "
        "mermaidx does, and write ![what it shows](images/name.svg). ```text shows its source"
    )


def _refusal(problem: str) -> str:
    """Returns an element from which a lint rule reports the problem with its line."""
    return f'<div {REFUSED}="{escape(problem)}"></div>'


FENCES = (("*", _code), ("math", _formula), ("mermaid", _diagram))
EXTENSIONS = (
    "attr_list",
    "def_list",
    "abbr",
    "footnotes",
    "toc",
    "sane_lists",
    "md_in_html",
    "admonition",
    "smarty",
    "pymdownx.details",
    "pymdownx.blocks.admonition",
    "pymdownx.blocks.details",
    "pymdownx.superfences",
    "pymdownx.quotes",
    "pymdownx.tasklist",
    "pymdownx.tilde",
    "pymdownx.caret",
    "pymdownx.magiclink",
    "pymdownx.saneheaders",
)


def extension_settings(course: CourseExtension) -> dict[str, dict[str, Any]]:
    """Returns the settings of the extensions in EXTENSIONS."""
    fences = [{"name": name, "class": "", "format": form, "validator": _read_code_options} for name, form in FENCES]
    return {
        "toc": {"slugify": course.anchor},
        "footnotes": {"BACKLINK_TITLE": "Back to source {} in the text"},
        "pymdownx.blocks.admonition": {"types": [*CALL_OUTS, *GENERAL_CALL_OUTS]},
        "pymdownx.superfences": {"custom_fences": fences},
        "pymdownx.quotes": {"callouts": True},
        "pymdownx.caret": {"insert": False},
    }
