"""Renders the short texts that authors write outside lessons, such as prompts, options and reasons of questions."""

import re
import xml.etree.ElementTree as ElementTree
from functools import lru_cache
from html import escape, unescape

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import SimpleTagInlineProcessor
from markdown.treeprocessors import Treeprocessor
from pymdownx.superfences import SuperFencesCodeExtension

from content.code_blocks import highlighted
from content.maths import DrawFormulas

SAFE_ADDRESS = re.compile(r"(https?://|mailto:|[/#])")
# Between spaces, unlike in x==1 and y==2.
HIGHLIGHT = r"(?<![\w=])(==)(?![\s=])(.+?)(?<![\s=])==(?![\w=])"
# Only paragraphs: what looks like a list or a heading stays text, and so does HTML.
EXTENSIONS = ("pymdownx.tilde", "pymdownx.caret")
QUOTES = {
    "left-single-quote": "\u2018",
    "right-single-quote": "\u2019",
    "left-double-quote": "\u201c",
    "right-double-quote": "\u201d",
}
SETTINGS: dict[str, dict[str, object]] = {
    "pymdownx.caret": {"insert": False},
    # No dashes: in a sentence about a command, -- may well be two hyphens.
    "smarty": {"smart_dashes": False, "smart_ellipses": False, "substitutions": QUOTES},
}
ELEMENT = re.compile("<[^>]*>")
CODE_LINES = re.compile(r'<code class="code-lines">(.*?)</code>', re.DOTALL)
AROUND_CODE = re.compile(rf"(?:<br>|\s)*({CODE_LINES.pattern})(?:<br>|\s)*", re.DOTALL)
BLOCKS = ("hashheader", "setextheader", "hr", "olist", "ulist", "quote", "reference", "code", "indent", "empty")
PATTERNS = ("html", "entity", "reference", "image_link", "image_reference", "short_reference", "short_image_ref")


class _PlainLinks(Treeprocessor):
    """Takes the address from a link that does not lead to a page, such as `javascript:`."""

    def run(self, root: ElementTree.Element) -> None:
        for link in root.iter("a"):
            if not SAFE_ADDRESS.match(link.get("href", "")):
                link.tag = "span"
                link.attrib.clear()


class _KeepFormulas(DrawFormulas):
    """Leaves formulas as they are written."""

    def handleMatch(  # type: ignore[override]  # noqa: N802  (Python-Markdown's name)
        self, m: re.Match[str], data: str
    ) -> tuple[str | None, int | None, int | None]:
        return self.md.htmlStash.store(escape(m[0])), m.start(0), m.end(0)


class _Inline(Extension):
    """Leaves of Markdown what has a place inside a sentence, a label or a heading; and adds formulas."""

    def __init__(self, formulas: type[DrawFormulas]) -> None:
        super().__init__()
        self.formulas = formulas

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  (Python-Markdown's name)
        for name in BLOCKS:
            if name in md.parser.blockprocessors:
                md.parser.blockprocessors.deregister(name)
        for name in PATTERNS:
            md.inlinePatterns.deregister(name)
        md.preprocessors.deregister("html_block")
        md.ESCAPED_CHARS.append("$")
        md.inlinePatterns.register(SimpleTagInlineProcessor(HIGHLIGHT, "mark"), "highlight", 65)
        md.inlinePatterns.register(self.formulas(md), "formulas", 185)
        md.treeprocessors.register(_PlainLinks(md), "plain_links", 1)


def _code(source: str, language: str, *_: object, **__: object) -> str:
    return f'<code class="code-lines">{highlighted(source, language)}</code>'


@lru_cache(maxsize=4096)
def inline(text: str, *, sets_quotes: bool = True) -> str:
    """Returns a short text with code, emphasis, links, formulas and blocks of code, as HTML that fits into a label.

    HTML in it is shown as it is written. Quotation marks are curly, unless they are to stay as they are written.
    """
    return _html(text, DrawFormulas, *(["smarty"] if sets_quotes else []))


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Returns the words of a short text without markup; formulas and quotation marks stay as they are written."""
    html = CODE_LINES.sub(r"\n\1\n", _html(text, _KeepFormulas)).replace("<br>", "\n")
    return unescape(ELEMENT.sub("", html)).strip()


def is_plain(text: str) -> bool:
    """Returns whether a short text is shown just as it is written, but for white space."""
    return unescape(inline(text, sets_quotes=False).replace("<br>", "\n")).split() == text.split()


def _html(text: str, formulas: type[DrawFormulas], *more: str) -> str:
    fences = SuperFencesCodeExtension(
        custom_fences=[{"name": "*", "class": "", "format": _code}], disable_indented_code_blocks=True
    )
    md = Markdown(extensions=[fences, _Inline(formulas), *EXTENSIONS, *more], extension_configs=SETTINGS)
    md.ESCAPED_CHARS.remove(" ")  # a backslash before a space is one, although the subscripts would take it away
    paragraphs = md.convert(text).removeprefix("<p>").removesuffix("</p>")
    return AROUND_CODE.sub(r"\1", re.sub(r"</p>\s*<p>", "<br><br>", paragraphs))
