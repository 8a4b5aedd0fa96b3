"""Renders the short texts that authors write outside lessons, such as prompts, options and reasons of questions."""

import re
import xml.etree.ElementTree as ElementTree
from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe
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
EXTENSIONS = ("pymdownx.tilde", "pymdownx.caret", "smarty")
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
CODE = re.compile(r'(?:<br>|\s)*(<code class="code-lines">.*?</code>)(?:<br>|\s)*', re.DOTALL)
BLOCKS = ("hashheader", "setextheader", "hr", "olist", "ulist", "quote", "reference", "code", "indent", "empty")
PATTERNS = ("html", "entity", "reference", "image_link", "image_reference", "short_reference", "short_image_ref")


class _PlainLinks(Treeprocessor):
    """Takes the address from a link that does not lead to a page, such as `javascript:`."""

    def run(self, root: ElementTree.Element) -> None:
        for link in root.iter("a"):
            if not SAFE_ADDRESS.match(link.get("href", "")):
                link.tag = "span"
                link.attrib.clear()


class _Inline(Extension):
    """Leaves of Markdown what has a place inside a sentence, a label or a heading; and adds formulas."""

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802  (Python-Markdown's name)
        for name in BLOCKS:
            if name in md.parser.blockprocessors:
                md.parser.blockprocessors.deregister(name)
        for name in PATTERNS:
            md.inlinePatterns.deregister(name)
        md.preprocessors.deregister("html_block")
        md.ESCAPED_CHARS.append("$")
        md.inlinePatterns.register(SimpleTagInlineProcessor(HIGHLIGHT, "mark"), "highlight", 65)
        md.inlinePatterns.register(DrawFormulas(md), "formulas", 185)
        md.treeprocessors.register(_PlainLinks(md), "plain_links", 1)


def _code(source: str, language: str, *_: object, **__: object) -> str:
    return f'<code class="code-lines">{highlighted(source, language)}</code>'


@lru_cache(maxsize=4096)
def inline(text: str) -> SafeString:
    """Returns a short text with code, emphasis, links, formulas and blocks of code, as HTML that fits into a label.

    HTML in it is shown as it is written.
    """
    fences = SuperFencesCodeExtension(
        custom_fences=[{"name": "*", "class": "", "format": _code}], disable_indented_code_blocks=True
    )
    md = Markdown(extensions=[fences, _Inline(), *EXTENSIONS], extension_configs=SETTINGS)
    paragraphs = md.convert(text).removeprefix("<p>").removesuffix("</p>")
    return mark_safe(CODE.sub(r"\1", re.sub(r"</p>\s*<p>", "<br><br>", paragraphs)))  # noqa: S308  (HTML of the author is escaped)
