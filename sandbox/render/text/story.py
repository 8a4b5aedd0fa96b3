"""Tells in a few sentences what happened in a run: what went wrong, who noticed, who decided the undo, the cost.

Composed from the facts so far, so that it can be told while the run goes on.
"""

from collections.abc import Iterable, Iterator, Sequence

from sandbox.definitions.registry import FAULT, title
from sandbox.definitions.terms import FactKind, MessageKind, SagaStatus, Verb
from sandbox.engine.analysis.decisions import decisions
from sandbox.engine.analysis.invariants import Finding, broken
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.execution.facts import Fact
from sandbox.engine.execution.react import HELD_BY_ANOTHER
from sandbox.render.text.format import listed, seconds
from sandbox.render.text.mishaps import Mishap, moment, tell
from sandbox.render.text.names import capital, named
from sandbox.render.text.words import sentence

# Mishaps that are told one by one; any further ones are counted.
TOLD = 2
# So many undos are named; of more, the number is told.
FEW = 3


def story(record: RunRecord, findings: Iterable[Finding] = ()) -> tuple[str, ...]:
    """Returns what happened so far, in as few sentences as it takes; none where nothing is worth telling yet."""
    told = sorted([*_mishaps(record), *_refusals(record), *_waits(record), *_operator(record)])
    end = _end(record, is_plain=not told)
    costs = tuple(_costs(findings))
    sentences = (*(text for _, text in told), *_undone(record), *(costs or end))
    return tuple(capital(text) for text in sentences)


def last_outcome(record: RunRecord) -> str:
    """Returns what came of the last thing that the learner did to a message, in a sentence; "" before there is any."""
    done = next((fact for fact in reversed(record.facts) if fact.kind in BY_LEARNER or fact.by_hand), None)
    if done is None or done.kind is FactKind.PACE_CHANGED:
        return ""
    concerned = (done.message, *(done.to or (done.actor,)))
    later = [f for f in record.facts[done.seq :] if f.actor in concerned and done.message in (f.message, f.caused_by)]
    since = [fact for fact in later if fact.kind in OUTCOMES]
    if done.kind is FactKind.FAULT_PLACED:
        return f"{capital(named(done.actor))} {sentence(done, record.plan)}."
    if not since:
        return ""
    fact = min(since, key=lambda one: OUTCOMES.index(one.kind))
    sent = listed(str(one.name) for one in later if one.kind is FactKind.MESSAGE_SENT)
    then = f"; it sends {sent}" if sent and fact.kind in EFFECTS else ""
    return f"{capital(named(fact.actor))} {sentence(fact, record.plan)}{then}."


BY_LEARNER = {FactKind.MESSAGE_RELEASED, FactKind.PACE_CHANGED}
# What can come of a delivery, the most telling first.
EFFECTS = (
    FactKind.STEP_REJECTED,
    FactKind.STEP_TIMED_OUT,
    FactKind.STEP_COMPENSATED,
    FactKind.STEP_COMPLETED,
    FactKind.NOTHING_TO_UNDO,
)
OUTCOMES = (
    FactKind.MESSAGE_DEAD,
    *EFFECTS,
    FactKind.STEP_SKIPPED,
    FactKind.DUPLICATE_IGNORED,
    FactKind.ATTEMPT_FAILED,
    FactKind.MESSAGE_LOST,
    FactKind.MESSAGE_COPIED,
    FactKind.MESSAGE_DELAYED,
    FactKind.MESSAGE_HANDLED,
)


def _mishaps(record: RunRecord) -> Iterator[tuple[int, str]]:
    strikes: dict[tuple[str, str, str | None], Fact] = {}
    for fact in record.of_kind(FactKind.FAULT_INJECTED):
        strikes.setdefault((str(fact.fault), fact.actor, fact.name), fact)
    if not strikes:
        strikes = {("", fact.actor, fact.name): fact for fact in record.of_kind(FactKind.MESSAGE_LOST)}
    found = [fact for fact in strikes.values() if fact.fault in FAULT or fact.kind is FactKind.MESSAGE_LOST]
    for fact in found[:TOLD]:
        yield fact.seq, tell(Mishap(record, fact))
    if len(found) > TOLD:
        yield found[TOLD].seq, f"{len(found) - TOLD} more fault{'s' if len(found) > TOLD + 1 else ''} struck."


def _refusals(record: RunRecord) -> Iterator[tuple[int, str]]:
    """Yields the refusals of the business, and steps that were abandoned without a fault that tells of it."""
    is_told = bool(record.of_kind(FactKind.FAULT_INJECTED, FactKind.MESSAGE_LOST))
    once = {(fact.actor, fact.step, fact.verb): fact for fact in reversed(record.of_kind(FactKind.STEP_REJECTED))}
    for fact in once.values():
        is_abandoned = fact.verb is Verb.ABANDON
        if not (is_abandoned and is_told):
            step = record.plan.saga.step(str(fact.step))
            how = "did not" if is_abandoned else "refused to"
            what = f"{named(fact.actor)} {how} {step.do.in_words} at +{moment(record, fact)}"
            yield fact.seq, f"{what}: {fact.reason}."


def _waits(record: RunRecord) -> Iterator[tuple[int, str]]:
    """Yields what was waited for because another order held it."""
    vain = [fact for fact in record.of_kind(FactKind.ATTEMPT_FAILED) if fact.reason == HELD_BY_ANOTHER]
    if vain:
        first, what = vain[0], record.plan.saga.step(str(vain[0].step)).do.in_words
        often = f"{len(vain)} times" if len(vain) > 1 else "once"
        asked = f"{named(first.actor)} had to {what} at +{moment(record, first)}, but {HELD_BY_ANOTHER}"
        yield first.seq, f"{asked}: it asked in vain {often}."


def _operator(record: RunRecord) -> Iterator[tuple[int, str]]:
    failed = {(fact.message, fact.actor) for fact in record.of_kind(FactKind.ATTEMPT_FAILED)}
    for fact in record.of_kind(FactKind.OPERATOR_RETRIED):
        if not any((fact.message, to) in failed for to in fact.to or ()):
            yield fact.seq, f"You had {fact.name} tried again at +{moment(record, fact)}."
    skips = record.of_kind(FactKind.TIME_SKIPPED)
    if skips:
        yield skips[0].seq, f"You skipped {seconds(sum(fact.after or 0.0 for fact in skips), digits=2)}."


def _undone(record: RunRecord) -> Iterator[str]:
    """Says who decided on which undos, whether or not these are done by now."""
    own = [one for one in decisions(record, Verb.UNDO) if one.is_own]
    led = [step for step in _undos_commanded(record) if step not in {one.step for one in own}]
    services = listed(dict.fromkeys(title(one.actor) for one in own))
    if led and own:
        yield f"The orchestrator decided on {_undos(led)}, {services} on {_count(own)} of their own."
    elif led:
        yield f"The orchestrator decided {_to_undo(record, led)}."
    elif own:
        who = "each service decided for itself:" if len(own) > 1 else f"{services} decided for itself"
        yield f"{who} {_to_undo(record, [one.step for one in own], is_list=len(own) > 1)}."
    elif record.board.status is SagaStatus.COMPENSATED and not record.of_kind(FactKind.STEP_COMPLETED):
        yield "Nothing had taken effect, so nothing was undone."


def _undos_commanded(record: RunRecord) -> list[str]:
    """Returns the steps whose undo the orchestrator has commanded, in that order."""
    sent = (f for f in record.of_kind(FactKind.MESSAGE_SENT) if f.message_kind is MessageKind.COMMAND)
    asked = (record.plan.requested_step(to, str(f.name), Verb.UNDO) for f in sent for to in f.to or ())
    return list(dict.fromkeys(step.name for step in asked if step))


def _to_undo(record: RunRecord, steps: Sequence[str], *, is_list: bool = False) -> str:
    undone = [undo.in_words for name in steps if (undo := record.plan.saga.step(name).undo)]
    if len(undone) > FEW:
        return _undos(steps) if is_list else f"on {_undos(steps)}"
    return listed(undone) if is_list else f"to {listed(undone)}"


def _undos(steps: Sequence[str]) -> str:
    return f"{_count(steps)} undo{'s' if len(steps) > 1 else ''}"


def _count(things: Sequence[object]) -> str:
    return "one" if len(things) == 1 else str(len(things))


def _end(record: RunRecord, *, is_plain: bool) -> Iterator[str]:
    """Says how the run ended. Of one where something went wrong, who led it is not the point."""
    board = record.board
    if board.status is SagaStatus.COMPLETED and not is_plain:
        yield f"All {len(board.steps)} steps took effect."
    elif board.status is SagaStatus.COMPLETED:
        yield f"All {len(board.steps)} steps took effect, {_leaders(record)}."
    elif board.status is SagaStatus.COMPENSATED and board.compensations:
        yield "What was done is made good; nothing is erased."
    elif board.status is SagaStatus.STUCK:
        yield "No message is on its way any more, so nobody will act: the order is left halfway."


def _leaders(record: RunRecord) -> str:
    """Says who led the steps of a run that went well."""
    made = decisions(record, Verb.DO)
    own = [one for one in made if one.is_own]
    if not own:
        return "each commanded by the orchestrator"
    if len(own) == len(made):
        return "each service on hearing the previous event"
    who = listed(dict.fromkeys(title(one.actor) for one in own))
    what = listed(record.plan.saga.step(one.step).do.in_words for one in own)
    return f"commanded by the orchestrator, except for {_count(own)}: {who} decided on hearing events to {what}"


def _costs(findings: Iterable[Finding]) -> Iterator[str]:
    known = tuple(findings)
    texts = [finding.violation.text for finding in broken(known) if finding.violation]
    if texts:
        yield f"The cost: {texts[0]}."
    as_it_stands = next((one.if_final.text for one in known if one.is_open and one.if_final), None)
    if as_it_stands:
        yield f"As it stands: {as_it_stands}."
