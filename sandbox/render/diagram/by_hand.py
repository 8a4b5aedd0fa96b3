"""Draws the buttons with which a learner delivers messages and timers that are held."""

from html import escape

from sandbox.definitions.registry import title
from sandbox.engine.projection.board import DeliveryView
from sandbox.render.diagram.layout import Node
from sandbox.render.diagram.live_state import LiveState

PLAY = '<path d="M-4 -6 7 0 -4 6z"/>'
DOTS = '<path d="M-6 0h.01M0 0h.01M6 0h.01" class="stroked"/>'
CLOCK = '<path d="M0 -6V0L4 3" class="stroked"/>'


# From the middle of one button to the next.
APART = 27.0
# How far from an arrow its buttons stand, by where its labels do, so that they cover none.
ASIDE = {"start": -41.0, "middle": 0.0, "end": 14.0}


def by_hand(delivery: DeliveryView, now: LiveState, place: str, shift: tuple[float, float]) -> str:
    """Returns the buttons of a held message on its arrow: to deliver it, and for what else can happen to it."""
    what = f"{delivery.name}{' (copy)' if delivery.copy > 1 else ''} to {title(str(delivery.receiver))}"
    aside, below = shift
    deliver = _button("deliver", delivery, now, (aside, below), PLAY, f"Deliver {what}")
    more = _button("network", delivery, now, (aside + APART, below), DOTS, f"More for {what}")
    return f'<g class="by-hand" {place}>{deliver}{more}</g>'


def _button(does: str, delivery: DeliveryView, now: LiveState, at: tuple[float, float], sign: str, label: str) -> str:
    """Returns a link that the page's script makes press the button, or open the menu, of that message."""
    return (
        f'<a class="{does}" href="#{now.tag}-{does}-{delivery.key}" data-press="{now.tag}-{does}-{delivery.key}" '
        f'aria-label="{escape(label)}" transform="translate({at[0]:g} {at[1]:g})"><title>{escape(label)}</title>'
        f'<circle r="12"/>'
        f"{sign}</a>"
    )


def alarms(node: Node, now: LiveState) -> str:
    """Returns a button for each timer of an actor that is held, on the right of its box."""
    held = [d for d in now.board.in_flight if d.held and d.is_timer and d.receiver == node.actor]
    x, y = node.x + node.width / 2 - 6, node.y - node.height / 2
    return "".join(
        f'<g class="by-hand" transform="translate({x - APART * i:g} {y:g})">'
        f"{_button('deliver', delivery, now, (0, 0), CLOCK, f'Let {delivery.name} ring')}</g>"
        for i, delivery in enumerate(held)
    )
