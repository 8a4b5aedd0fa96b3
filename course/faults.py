"""What makes a page sound. A new rule is one function and its name in the tuple at the foot.

Each yields the line and what is wrong, with what is allowed.
"""

import re
from collections.abc import Callable, Iterator

from course.numbers import IN_LIST, without_numbers
from course.scan import Scan

Fault = tuple[int, str]

CALL_OUTS = ("real-world", "interview-tip", "common-mistake", "try-it")

LEFT_OVER = (
    (re.compile(r"\[\[[^\[\]]*\]\]"), "{} is no link here; a term stands in text, not between HTML tags"),
    (re.compile(r"\[\^[^\]]*\]"), "footnote {} is not defined; add a line that begins with it and a colon"),
    (
        re.compile(r"^\s*/{3,} *[\w-]+"),
        f"{{}}: unknown kind of call-out; use {', '.join(CALL_OUTS)} or details",
    ),
    (re.compile(r"\{:[^}]*\}"), "{} belongs to nothing; write it right behind what it is about"),
)


def headings_go_down_one_level_at_a_time(scan: Scan) -> Iterator[Fault]:
    level = 1
    for heading in scan.all("h1", "h2", "h3", "h4", "h5", "h6"):
        this = int(heading.tag[1])
        if this == 1:
            yield heading.line, f"heading {heading.name!r} is of the title's level; use ## or deeper"
        elif this > level + 1:
            yield heading.line, f"heading {heading.name!r} skips a level; here it may have {level + 1} # at most"
        level = max(this, 2)


def anchors_differ(scan: Scan) -> Iterator[Fault]:
    first: dict[str, int] = {}
    for anchor, line in scan.anchors:
        if anchor in first:
            yield line, f"anchor #{anchor} is taken by line {first[anchor]}; give this one another: {{: #name }}"
        first.setdefault(anchor, line)


def images_have_a_text(scan: Scan) -> Iterator[Fault]:
    for image in scan.all("img"):
        is_ornament = image.attrs.get("alt") == "" and image.attrs.get("role") == "presentation"
        if not image.attrs.get("alt", "").strip() and not is_ornament:
            yield image.line, f"image {image.attrs.get('src', '')} has no alternative text: ![what it shows](...)"


def drawings_have_a_name(scan: Scan) -> Iterator[Fault]:
    for drawing in scan.all("svg"):
        if not (drawing.is_hidden or drawing.label or "title" in drawing.inside):
            yield (
                drawing.line,
                'svg has no name; give it a <title>, an aria-label, or aria-hidden="true" for an ornament',
            )


def figures_have_a_caption(scan: Scan) -> Iterator[Fault]:
    for figure in scan.all("figure"):
        if "figcaption" not in figure.inside and not figure.label:
            yield figure.line, "figure has no caption; give it a <figcaption> or an aria-label"


def links_have_words_and_one_target(scan: Scan) -> Iterator[Fault]:
    for link in scan.all("a"):
        if "href" in link.attrs and not link.attrs["href"].strip():
            yield link.line, f"link {link.name.strip()!r} leads nowhere; its address is empty"
        if "href" in link.attrs and not (link.name.strip() or link.label):
            yield link.line, f"link to {link.attrs['href']} has no words; say where it leads"
        if "a" in link.inside:
            yield link.line, f"link {link.name.strip()!r} holds another link or a term; a link leads to one place"


def footnotes_are_referred_to(scan: Scan) -> Iterator[Fault]:
    known = {anchor for anchor, _ in scan.anchors}
    for back in scan.all("a"):
        target = back.attrs.get("href", "").removeprefix("#")
        if back.attrs.get("class") == "footnote-backref" and target not in known:
            yield back.line, f"footnote [^{target.removeprefix('fnref:')}] is defined, and nothing refers to it"


def nothing_is_left_over(scan: Scan) -> Iterator[Fault]:
    for line, text in scan.pieces:
        for pattern, says in LEFT_OVER:
            for found in pattern.finditer(text):
                own = IN_LIST.search(found.group())
                yield int(own[1]) if own else line, says.format(without_numbers(found.group()).strip())


Rule = Callable[[Scan], Iterator[Fault]]
RULES: tuple[Rule, ...] = (
    headings_go_down_one_level_at_a_time,
    anchors_differ,
    images_have_a_text,
    drawings_have_a_name,
    figures_have_a_caption,
    links_have_words_and_one_target,
    footnotes_are_referred_to,
    nothing_is_left_over,
)


def faults(scan: Scan) -> list[Fault]:
    """Everything on the page that breaks a rule."""
    return [fault for rule in RULES for fault in rule(scan)]
