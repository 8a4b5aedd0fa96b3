"""Writes the messages of a run as a Mermaid sequence diagram (mermaid.js.org/syntax/sequenceDiagram)."""

from collections.abc import Iterator
from textwrap import wrap

from sandbox.definitions.registry import CUSTOMER, title
from sandbox.definitions.terms import FactKind, MessageKind
from sandbox.engine.execution.facts import Fact
from sandbox.engine.execution.handling import OBSERVER
from sandbox.engine.projection.board import DeliveryView, delivery_key
from sandbox.render.export.exported_run import ExportedRun
from sandbox.render.text.words import OPERATOR_FACTS, sentence

# How a message of each kind is drawn, and how when it is lost.
ARROWS = {MessageKind.COMMAND: "->>", MessageKind.EVENT: "-)", MessageKind.REPLY: "-->>"}
LOST = {MessageKind.COMMAND: "-x", MessageKind.EVENT: "-x", MessageKind.REPLY: "--x"}
# An arrow says that these happened; a note would say it twice.
SHOWN_BY_ARROWS = {FactKind.SAGA_STARTED, FactKind.MESSAGE_HANDLED, FactKind.MESSAGE_COPIED, FactKind.SAGA_ENDED}
# Letters in a line of a note; a longer line would push the participants apart.
WIDTH = 44


def mermaid(run: ExportedRun) -> str:
    """Returns the diagram: an arrow for each message, notes for what was done, refused, undone or waited for."""
    plan, status = run.plan, run.board.status
    last = plan.actors[-1]
    lines = [
        "sequenceDiagram",
        f"title {_text(f'{plan.saga.title}, {plan.style}: {status}')}",
        *(f"participant {identifier(actor)} as {_text(title(actor))}" for actor in plan.actors),
        *(line for fact in run.facts for line in _lines(fact, run)),
    ]
    if run.board.is_ended:
        lines.append(f"Note over {identifier(CUSTOMER)},{identifier(last)}: {_text(f'The saga has ended, {status}')}")
    return "\n    ".join(lines) + "\n"


def _lines(fact: Fact, run: ExportedRun) -> Iterator[str]:
    if fact.kind is FactKind.MESSAGE_SENT and fact.message_kind is not MessageKind.TIMER and fact.to:
        yield from (_arrow(run.board.deliveries[delivery_key(fact.message, to)]) for to in fact.to)
    elif fact.kind is FactKind.MESSAGE_COPIED:
        yield _arrow(run.board.deliveries[delivery_key(fact.message, fact.actor, fact.copy)], " (copy)")
    elif fact.kind not in SHOWN_BY_ARROWS or _is_timer(fact, run):
        actor = CUSTOMER if fact.kind in OPERATOR_FACTS or fact.actor == OBSERVER else fact.actor
        who = "You " if fact.kind in OPERATOR_FACTS else ""
        lines = wrap(who + sentence(fact, run.plan), WIDTH)
        yield f"Note over {identifier(actor)}: {'<br/>'.join(map(_text, lines))}"


def _is_timer(fact: Fact, run: ExportedRun) -> bool:
    return fact.kind is FactKind.MESSAGE_HANDLED and any(one.name == fact.name for _, one in run.plan.timers)


def _arrow(delivery: DeliveryView, more: str = "") -> str:
    arrow = (LOST if delivery.lost else ARROWS)[delivery.kind]
    return f"{identifier(delivery.sender)}{arrow}{identifier(str(delivery.receiver))}: {_text(delivery.name + more)}"


def identifier(actor: str) -> str:
    """Returns the actor's name as an identifier; hyphens would be read as arrows, and `end` as the end of a block."""
    return f"{actor.replace('-', '_')}_" if actor == "end" else actor.replace("-", "_")


def _text(text: str) -> str:
    """Returns a text on one line, with what Mermaid reads otherwise as entities: "#59;" is a semicolon."""
    return "".join(f"#{ord(letter)};" if letter in "#;<>%" else letter for letter in " ".join(text.split()))
