"""Builds the page that asks what should be different from a moment of a run on."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from sandbox.definitions.terms import Style
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.replay import Diverged
from sandbox.engine.projection.board import Board
from sandbox.engine.simulation.change import ChangeKind
from sandbox.engine.simulation.fork import CannotFork, last_shared
from sandbox.engine.simulation.what_if import ChangeOption, Moment, options
from sandbox.models import Run
from sandbox.pages.run import snapshot_reader
from sandbox.pages.run.frames import as_of
from sandbox.pages.run.run_snapshot import RunSnapshot
from sandbox.pages.what_if.choices import faults_at, groups_of, on_their_way, open_places
from sandbox.render.diagram.layout import Shape, draw
from sandbox.render.diagram.live_state import LiveState
from sandbox.render.diagram.svg import svg
from sandbox.render.diagram.text_alternative import now_in_words
from sandbox.render.text.words import STYLE_NAMES, sentence, who
from sandbox.runtime.storage.runs import run_state_of


def snapshot_and_fact(run: Run, fact: int | None) -> tuple[RunSnapshot, int]:
    """Returns the run as of now, and the fact that is asked about: by default the newest from which it could go on.

    Raises UnknownSaga.
    """
    snapshot = snapshot_reader.snapshot_of(run)
    return snapshot, fact or _newest_open(snapshot)


def _newest_open(snapshot: RunSnapshot) -> int:
    facts, end = snapshot.facts, snapshot.facts[-1]
    earlier = (fact.seq for fact in reversed(facts) if fact.at != end.at)
    return next(earlier, 1) if snapshot.board.is_ended else end.seq


def what_if_context(
    run: Run, snapshot: RunSnapshot, upto: int, *, at: str, chosen: str | None, problem: str
) -> dict[str, Any]:
    """Returns all that the page shows of fact `upto`; faults at the place `at` can be chosen, if it is one."""
    facts = snapshot.facts
    cut = last_shared(facts, upto)
    first = next(fact.seq for fact in facts if fact.at == facts[upto - 1].at)
    then = as_of(snapshot, cut)
    context = {
        "run": run,
        "saga": snapshot.board.plan.saga,
        "style": snapshot.settings.style,
        "fact": facts[upto - 1],
        "offset": facts[upto - 1].at - facts[0].at,
        "last": len(facts),
        "cut": cut,
        "first": first,
        "happened": f"{who(facts[upto - 1])} {sentence(facts[upto - 1], snapshot.board.plan)}",
        "earlier": first - 1,
        "later": cut + 1 if cut < len(facts) else None,
        "pictures": _pictures(then.board, snapshot.address),
        "sentences": now_in_words(then.board),
        "problem": problem,
        "is_over": False,
    }
    try:
        moment = Moment.of(run_state_of(run), facts, upto)
    except (CannotFork, Diverged) as error:
        return {**context, "problem": f"{problem} {error}.".strip(), "is_over": True}
    return {**context, **_choices(moment, options(moment), at, chosen)}


def _choices(moment: Moment, found: Sequence[ChangeOption], at: str, chosen: str | None) -> dict[str, Any]:
    groups, faults = list(groups_of(moment, found)), faults_at(moment, found, at)
    possible = [choice.value for group in (faults, *groups[:1]) for choice in group.choices]
    quantity = next(one for one in found if one.change.kind is ChangeKind.QUANTITY)
    lifted = moment.settings.fail or faults.choices
    return {
        "on_their_way": on_their_way(moment),
        "groups": groups,
        "places": open_places(moment, found),
        "at": at if faults.choices or faults.fixed else "",
        "faults": faults,
        "quantity": moment.settings.quantity,
        "why_not_quantity": quantity.why_not,
        "styles": [_other_style(moment, one) for one in found if one.change.kind is ChangeKind.STYLE],
        "chosen": chosen if chosen is not None else (possible[0] if possible and lifted else ""),
    }


def _other_style(moment: Moment, option: ChangeOption) -> tuple[str, str, str]:
    """Returns another style by its name, why the run cannot take it up, and where one in that style is set up."""
    other = evolve(moment.settings, style=option.change.value, experiment="")
    return (
        STYLE_NAMES[Style(option.change.value)],
        option.why_not,
        f"{reverse('sandbox:setup')}?{urlencode(other.pairs())}",
    )


def _pictures(board: Board, address: str) -> SafeString:
    """Draws the run as it was then; nothing in it can be pressed."""
    still = {key: replace(delivery, held=False) for key, delivery in board.deliveries.items()}
    now = LiveState(evolve(board, deliveries=still), address=address)
    drawn = (svg(draw(board.plan, shape), name="then", now=now) for shape in Shape)
    return mark_safe("".join(drawn))  # noqa: S308  every name in it was escaped by the renderer
