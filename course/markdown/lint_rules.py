"""Rules for the HTML of a lesson. A new rule is one function, and its name in the tuple at the end.

Each yields the line and what is wrong, with what is allowed.
"""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from course.markdown.dialect import CALL_OUTS, REFUSED
from course.markdown.html_scan import HtmlScan
from course.markdown.line_markers import IN_LIST, SHORTCODE, without_numbers

LintError = tuple[int, str]

# Markdown that was not recognised, so that a reader would see it. Of several at one place the first is reported.
UNRECOGNISED = {
    r"\[\[[^\[\]]*\]\]": "{} is no link here; a term stands in text, not between HTML tags",
    r"\[\[|\]\]": "{} is half a link to a term; write [[term]]",
    r"\[\^[^\]]*\]": "footnote {} is not defined; add a line that begins with it and a colon",
    r"^\s*/{3,} *[\w-]+": f"{{}}: unknown kind of call-out; use {', '.join(CALL_OUTS)} or details",
    r"\{:[^}]*\}": "{} belongs to nothing; write it right behind what it is about",
    r"\{:": "{} is never closed; write {{: #anchor }}, all in one line",
    r"\{%|%\}|\{\{|\}\}": "{} is half a template tag; write both ends in one line, {{% tag %}} or {{{{ value }}}}",
    r"\]\(": "{} is half a link; write [words](address)",
    r"^\$\$": "{} opens or closes no formula; write $$ at both ends, with no empty line between them",
    SHORTCODE: "{} is shown as it is written; write the sign itself, such as 🙂",
    r"\]\[": "{} is half a link, its address is not given; write [words](address)",
    (
        r"\*\*[^*\s][^*]*\*\*|(?<!\w)~~[^~\s][^~]*~~(?!\w)|(?<!\w)==[^=\s][^=]*==(?!\w)"
        r"|^\s*\[[ xX]\] |\[![\w-]+\]|^\s*(?:!!!|\?\?\?) ?\w+|\n[-*+] \S+"
    ): '{} is shown as it is written; write markdown="1" into the HTML tag around it, as in <div markdown="1">',
}
HALF_LINK = "]("
SOURCES = ("src", "href", "xlink:href")
ELSEWHERE = re.compile(r"(?!data:)([a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)
LINK = "write a link to it: [words](address)"
# Elements that the site's content policy blocks, and what to write instead.
BLOCKED = {
    **dict.fromkeys(("iframe", "frame", "embed", "object", "video", "audio"), LINK),
    **dict.fromkeys(("style", "link"), "use the classes that there are"),
    **dict.fromkeys(("script", "base", "meta"), "leave it out"),
}
# Attributes that are complete without a value.
VALUELESS = {"alt", "download"}
UNRECOGNISED_PATTERN = re.compile("|".join(f"({pattern})" for pattern in UNRECOGNISED))


def headings_go_down_one_level_at_a_time(scan: HtmlScan) -> Iterator[LintError]:
    level = 1
    for heading in scan.all("h1", "h2", "h3", "h4", "h5", "h6"):
        this = int(heading.tag[1])
        if this == 1:
            yield heading.line, f"heading {heading.name!r} is of the title's level; use ## or deeper"
        elif this > level + 1:
            yield heading.line, f"heading {heading.name!r} skips a level; here it may have {level + 1} # at most"
        level = max(this, 2)


def anchors_differ(scan: HtmlScan) -> Iterator[LintError]:
    first: dict[str, int] = {}
    for anchor, line in scan.anchors:
        if anchor in first:
            yield line, f"anchor #{anchor} is taken by line {first[anchor]}; give this one another: {{: #name }}"
        first.setdefault(anchor, line)


def images_have_a_text(scan: HtmlScan) -> Iterator[LintError]:
    for image in scan.all("img"):
        is_ornament = image.attrs.get("alt") == "" and image.attrs.get("role") == "presentation"
        if not image.attrs.get("alt", "").strip() and not is_ornament:
            yield image.line, f"image {image.attrs.get('src', '')} has no alternative text: ![what it shows](...)"


def drawings_have_a_name(scan: HtmlScan) -> Iterator[LintError]:
    for drawing in scan.all("svg"):
        if not (drawing.is_hidden or drawing.label or "title" in drawing.inside):
            yield (
                drawing.line,
                'svg has no name; give it a <title>, an aria-label, or aria-hidden="true" for an ornament',
            )


def figures_have_a_caption(scan: HtmlScan) -> Iterator[LintError]:
    for figure in scan.all("figure"):
        if "figcaption" not in figure.inside and not figure.label:
            yield figure.line, "figure has no caption; give it a <figcaption> or an aria-label"


def links_have_words_and_one_target(scan: HtmlScan) -> Iterator[LintError]:
    for link in scan.all("a"):
        if "href" in link.attrs and not link.attrs["href"].strip():
            yield link.line, f"link {link.name.strip()!r} leads nowhere; its address is empty"
        if "href" in link.attrs and not (link.name.strip() or link.label):
            yield link.line, f"link to {link.attrs['href']} has no words; say where it leads"
        if "a" in link.inside:
            yield link.line, f"link {link.name.strip()!r} holds another link or a term; a link leads to one place"


def footnotes_are_referred_to(scan: HtmlScan) -> Iterator[LintError]:
    known = {anchor for anchor, _ in scan.anchors}
    for back in scan.all("a"):
        target = back.attrs.get("href", "").removeprefix("#")
        if back.attrs.get("class") == "footnote-backref" and target not in known:
            yield back.line, f"footnote [^{target.removeprefix('fnref:')}] is defined, and nothing refers to it"


def nothing_is_left_over(scan: HtmlScan) -> Iterator[LintError]:
    messages = tuple(UNRECOGNISED.values())
    for (line, text), (after, _) in pairwise([*scan.pieces, (0, "")]):
        for found in UNRECOGNISED_PATTERN.finditer(text):
            number = IN_LIST.match(text, found.end()) or IN_LIST.search(found.group())
            words = without_numbers(found.group()).strip()
            at = after if words == HALF_LINK and found.end() == len(text) else line  # its number comes first
            yield int(number[1]) if number else at, messages[(found.lastindex or 1) - 1].format(words)


def attributes_have_values(scan: HtmlScan) -> Iterator[LintError]:
    for element in scan.all_with("data-line"):
        for name in element.attrs.keys() - VALUELESS:
            if not element.attrs[name]:
                word = name if name.isidentifier() else "{:"
                yield (
                    element.line,
                    f"{word} gives no attribute; write {{: #anchor .class name=value }}, all in one line",
                )


def elements_are_closed(scan: HtmlScan) -> Iterator[LintError]:
    for element in scan.unclosed:
        yield element.line, f"<{element.tag}> is never closed; write </{element.tag}> at its end"


def terms_are_defined_once(scan: HtmlScan) -> Iterator[LintError]:
    first: dict[str, int] = {}
    for element in scan.all("dfn"):
        name = (element.attrs.get("title") or element.name).strip()
        if name.casefold() in first:
            yield (
                element.line,
                f"<dfn> of {name!r} stands in line {first[name.casefold()]} already; a lesson defines it once",
            )
        first.setdefault(name.casefold(), element.line)


def nothing_is_blocked(scan: HtmlScan) -> Iterator[LintError]:
    """Finds what the site's content policy keeps from every reader."""
    for element in scan.elements:
        for name in element.attrs:
            if name == "style":
                yield (
                    element.line,
                    f"<{element.tag}> has a style of its own, which the site's policy blocks; use a class",
                )
            elif name.startswith("on"):
                yield (
                    element.line,
                    f"<{element.tag}> has {name}, a script, which the site's policy blocks; leave it out",
                )
        if instead := BLOCKED.get(element.tag):
            yield element.line, f"<{element.tag}> is blocked by the site's policy; {instead}"


def pictures_are_of_this_site(scan: HtmlScan) -> Iterator[LintError]:
    for image in scan.all("img", "image", "use", "source", "input"):
        if "srcset" in image.attrs:
            yield image.line, f"<{image.tag}> has srcset, which is not read here; name one picture, in src"
        address = next((image.attrs[name] for name in SOURCES if name in image.attrs), "").strip()
        if ELSEWHERE.match(address):
            yield (
                image.line,
                f"image {address} is of another site, which the site's policy blocks; save it in the lesson's folder "
                "and write ![what it shows](images/name.png)",
            )


def blocks_are_drawn(scan: HtmlScan) -> Iterator[LintError]:
    for element in scan.all_with(REFUSED):
        yield element.line, element.attrs[REFUSED]


Rule = Callable[[HtmlScan], Iterator[LintError]]
RULES: tuple[Rule, ...] = (
    headings_go_down_one_level_at_a_time,
    anchors_differ,
    images_have_a_text,
    drawings_have_a_name,
    figures_have_a_caption,
    links_have_words_and_one_target,
    footnotes_are_referred_to,
    nothing_is_left_over,
    attributes_have_values,
    elements_are_closed,
    terms_are_defined_once,
    nothing_is_blocked,
    pictures_are_of_this_site,
    blocks_are_drawn,
)


def lint(scan: HtmlScan) -> list[LintError]:
    """Returns everything on the page that breaks a rule."""
    return [error for rule in RULES for error in rule(scan)]
