"""Renders Markdown to the source of a Django template. Template tags pass through unchanged."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.utils.html import strip_tags
from markdown import Markdown

from content.suggest import suggest
from course.markdown.dialect import BLOCKS, EXTENSIONS, CourseExtension, extension_settings
from course.markdown.glossary import PIPE, Glossary, defined_terms
from course.markdown.html_scan import HtmlScan
from course.markdown.limits import too_deep
from course.markdown.line_markers import without_numbers
from course.markdown.section_ends import with_self_checks
from course.markdown.template_tags import TEMPLATE_TAG
from course.model import ReadingLength, Section, TemplateTag

TAG_LIBRARIES = "sandbox_tags quiz_tags"
# Scripts that put no spaces between words: there, characters are counted.
CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
KANA = re.compile(r"[\u3040-\u30ff]")
WORD = re.compile(r"\w[\w'’.,-]*")  # noqa: RUF001  (the typographic apostrophe belongs to words)
OPEN_FENCE = (
    'opens code that is not closed, or has options that there are not; write ```python title="app.py" '
    'hl_lines="1 3-5", and ``` on a line of its own at the end'
)
EMPTY_CALL_OUT = "this call-out has no text; write it below, indented by four spaces, or between two lines of slashes"
DEFINITION = re.compile(r'<span class="definition"[^>]*>[^<]*</span>')
# A box that readers cannot tick still needs a name.
TODO = (
    ("disabled checked/>", 'disabled checked aria-label="Done" lang="en">'),
    ("disabled/>", 'disabled aria-label="To do" lang="en">'),
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """A rendered text: its template source, second-level headings, length and terms.

    `numbered` is the same source with line numbers in it (see `line_markers`), `terms` are those of the glossary that
    it defines or links to, `tags` its template tags, `scan` is what the lint rules read, and `problems` are what
    rendering found wrong, each with its line.
    """

    body: str
    numbered: str
    sections: tuple[Section, ...]
    length: ReadingLength
    terms: frozenset[str]
    tags: tuple[TemplateTag, ...]
    scan: HtmlScan
    problems: tuple[tuple[int, str], ...]


def render(text: str, glossary: Glossary | None = None, *, first: int = 1, names_passages: bool = False) -> Rendered:
    """Renders the text. `first` is the number that its first line has in its file.

    With `names_passages`, everything that an answer can quote has an anchor. Raises UnreadableTextError.
    """
    extension = CourseExtension(glossary or {}, first, names_passages=names_passages)
    md = Markdown(extensions=[*EXTENSIONS, extension], extension_configs=extension_settings(extension))
    try:
        html = _with_names(md.convert(text).replace(PIPE, "|"))
    except RecursionError:
        raise too_deep(text, first) from None
    numbered = f"{{% load {TAG_LIBRARIES} %}}\n{with_self_checks(extension.tags.restore(html))}"
    body, scan = without_numbers(numbered), HtmlScan(html)
    return Rendered(
        body,
        numbered,
        _sections(md.toc_tokens, extension),  # type: ignore[attr-defined]
        reading_length(body),
        frozenset(extension.terms.used | defined_terms(body, extension.glossary)),
        tuple(extension.tags.used),
        scan,
        (*_problems(extension), *_unknown_titles(scan, extension.glossary)),
    )


def _with_names(html: str) -> str:
    for box, named in TODO:
        html = html.replace(f'<input type="checkbox" {box}', f'<input type="checkbox" {named}')
    return html


def _sections(tokens: list[dict[str, Any]], extension: CourseExtension) -> tuple[Section, ...]:
    headings = (token for token in tokens if token["level"] == 2)
    plain = extension.tags.plain
    return tuple(Section(anchor=token["id"], title=plain(unescape(token["name"]))) for token in headings)


def _problems(extension: CourseExtension) -> Iterator[tuple[int, str]]:
    """Yields what only rendering finds: unknown terms, wrong formulas, and code and call-outs without an end."""
    for line, name in extension.terms.unknown:
        yield line, f"[[{name}]] is no term of the glossary{suggest(name, extension.glossary)}"
    yield from extension.formulas.wrong
    yield from extension.other_formulas.wrong
    yield from extension.tables.wrong.items()
    for line in extension.lines.empty:
        yield line, EMPTY_CALL_OUT
    for line in extension.lines.open_fences:
        yield line, OPEN_FENCE
    for line, kind in extension.lines.unknown:
        yield line, f"{kind!r} is an unknown kind of call-out; use {', '.join(BLOCKS)}"
    for line, kind in extension.lines.unmatched:
        yield line, _unmatched_message(kind)


def _unknown_titles(scan: HtmlScan, glossary: Glossary) -> Iterator[tuple[int, str]]:
    for element in scan.all("dfn"):
        title = element.attrs.get("title", "")
        if title and title.casefold() not in glossary:
            yield (
                element.line,
                f"<dfn> has the title {title!r}, which is no term of the glossary{suggest(title, glossary)}",
            )


def _unmatched_message(kind: str) -> str:
    if kind:
        return f"call-out {kind!r} is never closed; it ends with as many slashes on a line of their own"
    return "no call-out of as many slashes is open here, so this line closes nothing"


def reading_length(html: str) -> ReadingLength:
    """Counts the words of the text, without HTML, template tags, bare punctuation, definitions and sources."""
    text, _, _ = html.partition('<div class="footnote">')
    text = unescape(strip_tags(DEFINITION.sub("", TEMPLATE_TAG.sub(" ", text))))
    text, chinese = CHINESE.subn(" ", text)
    text, kana = KANA.subn(" ", text)
    return ReadingLength(len(WORD.findall(text)), chinese, kana)
