"""Draws the picture of a run as an SVG file that needs nothing else: light colours on white, its style inside."""

import re
from collections.abc import Iterator, Mapping
from html import escape

from sandbox.engine.plan.model import Plan
from sandbox.render.diagram.layout import Drawing, Link, Shape, draw
from sandbox.render.diagram.live_state import LiveState
from sandbox.render.diagram.path_points import point_on
from sandbox.render.diagram.svg import CROWDED, ROOMY, markers, pieces
from sandbox.render.diagram.text_alternative import in_words, now_in_words
from sandbox.render.export.exported_run import ExportedRun
from sandbox.render.text.words import STATUS, sentence, who

NAME = "picture"
# Height of the two lines above the picture.
CAPTION = 52.0


def picture(run: ExportedRun) -> str:
    """Returns the picture as of the run's newest fact, with what it shows as a caption and in words."""
    drawing = _drawing(run.plan)
    now = LiveState(run.board)
    width, height, top = drawing.width, drawing.height + CAPTION, -CAPTION
    ident = f"{NAME}-{drawing.shape}"
    words = " ".join([*in_words(run.plan), *now_in_words(run.board)])
    drawn = [one.html for one in pieces(drawing, name=NAME, now=now) if one.kind not in {"chips", "alarms"}]
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<svg class="saga {drawing.shape}" xmlns="http://www.w3.org/2000/svg" role="img" '
            f'width="{width * ROOMY:.0f}" height="{height * ROOMY:.0f}" viewBox="0 {top:g} {width:g} {height:g}" '
            f'aria-labelledby="{ident}-title {ident}-desc">',
            f'<title id="{ident}-title">{escape(_heading(run))}</title>',
            f'<desc id="{ident}-desc">{escape(words)}</desc>',
            f"<style>{run.stylesheet}</style>",
            markers(ident),
            f'<rect y="{top:g}" width="{width:g}" height="{height:g}" fill="#fff"/>',
            f'<text class="name" x="{width / 2:g}" y="{top + 22:g}">{escape(_heading(run))}</text>',
            f'<text class="note" x="{width / 2:g}" y="{top + 40:g}">{escape(_moment(run))}</text>',
            *drawn,
            *(mark for link in drawing.links for mark in _marks(link, now)),
            "</svg>\n",
        ]
    )


def _drawing(plan: Plan) -> Drawing:
    """Returns the wide drawing, or the tall one where its names would be too small."""
    wide = draw(plan, Shape.WIDE)
    return wide if wide.width < CROWDED else draw(plan, Shape.TALL)


def _heading(run: ExportedRun) -> str:
    return f"{run.plan.saga.title}, {run.plan.style}: {STATUS[run.board.status][0].lower()}"


def _moment(run: ExportedRun) -> str:
    """Says which fact the picture is as of, and what happened then; of an ended run, only how many facts there are."""
    newest = run.facts[-1]
    if run.board.is_ended:
        return f"{run.count} facts"
    return f"Fact {newest.seq} of {run.count}: {who(newest)} {sentence(newest, run.plan)}"


def _marks(link: Link, now: LiveState) -> Iterator[str]:
    """Yields a dot for each message on its way along the link."""
    for i, delivery in enumerate(now.flights.get((link.sender, link.receiver), ())):
        x, y = point_on(link.path, 0.5 + 0.14 * (i % 3))
        way = now.board.plan.way_of(delivery.name)
        yield f'<circle class="chip {way}" cx="{x:.1f}" cy="{y:.1f}" r="6"/>'


TOKEN = re.compile(r"--([\w-]+):\s*([^;]+);")
LIGHT = re.compile(r"light-dark\(\s*([^,]+),[^)]*\)")
USE = re.compile(r"var\(--([\w-]+)(?:,\s*([^()]*))?\)")
# Rules that always apply to pictures: none inside of another, and none of elements that are pointed at.
RULE = re.compile(r"^((?:svg)?\.saga[^{}:@]*)\{([^{}]*)\}", re.MULTILINE)


def light_style(tokens: str, rules: str) -> str:
    """Returns the rules of a style sheet that are about pictures, with the light colour in place of each token.

    `tokens` is the style sheet that defines the tokens. The ground of a picture is white.
    """
    values: dict[str, str] = {}
    for name, value in TOKEN.findall(tokens):
        values.setdefault(name, LIGHT.sub(r"\1", value))
    found = "\n".join(f"{selector.strip()} {{{body.strip()}}}" for selector, body in RULE.findall(rules))
    return _resolved(found, {**values, "paper": "#fff"})


def _resolved(style: str, values: Mapping[str, str]) -> str:
    """Returns the style with every token replaced, the innermost first; an unknown one by its fallback."""
    while True:
        style, count = USE.subn(lambda use: values.get(use[1], use[2] or "inherit"), style)
        if not count:
            return style
