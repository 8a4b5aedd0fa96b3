"""Tells in a few sentences what happened in a run: what went wrong, who noticed, who decided the undo, the cost.

Composed from the facts so far, so that it can be told while the run goes on.
"""

from collections.abc import Iterable, Iterator

from sandbox.definitions.model import Action
from sandbox.definitions.registry import FAULT, title
from sandbox.definitions.terms import FactKind, SagaStatus, Verb
from sandbox.engine.analysis.decisions import Decision, decisions
from sandbox.engine.analysis.invariants import Finding, broken
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.execution.facts import Fact
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
    told = sorted([*_mishaps(record), *_refusals(record), *_operator(record)])
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


def _operator(record: RunRecord) -> Iterator[tuple[int, str]]:
    failed = {(fact.message, fact.actor) for fact in record.of_kind(FactKind.ATTEMPT_FAILED)}
    for fact in record.of_kind(FactKind.OPERATOR_RETRIED):
        if not any((fact.message, to) in failed for to in fact.to or ()):
            yield fact.seq, f"You had {fact.name} tried again at +{moment(record, fact)}."
    skips = record.of_kind(FactKind.TIME_SKIPPED)
    if skips:
        yield skips[0].seq, f"You skipped {seconds(sum(fact.after or 0.0 for fact in skips), digits=2)}."


def _undone(record: RunRecord) -> Iterator[str]:
    made = decisions(record, Verb.UNDO)
    if made:
        undone = _phrases(record.plan.saga.step(decision.step).undo for decision in made)
        what = listed(undone) if len(undone) <= FEW else ""
        led = listed(map(named, dict.fromkeys(one.by for one in made))) if not any(one.is_own for one in made) else ""
        if led:
            yield f"{led} decided to {what}." if what else f"{led} decided on {len(undone)} undos."
        else:
            yield f"{_deciders(made)}: {what or f'{len(undone)} undos'}."
    elif record.board.status is SagaStatus.COMPENSATED:
        yield "Nothing had taken effect, so nothing was undone."


def _phrases(actions: Iterable[Action | None]) -> list[str]:
    return [action.in_words for action in actions if action]


def _deciders(made: tuple[Decision, ...]) -> str:
    own = list(dict.fromkeys(title(decision.actor) for decision in made if decision.is_own))
    others = list(dict.fromkeys(decision.by for decision in made if not decision.is_own))
    if not others:
        return "each service decided for itself" if len(own) > 1 else f"{own[0]} decided for itself"
    return f"{listed(map(named, others))} decided, {listed(own)} for {'themselves' if len(own) > 1 else 'itself'}"


def _end(record: RunRecord, *, is_plain: bool) -> Iterator[str]:
    """Says how the run ended. Of one where something went wrong, who led it is not the point."""
    board = record.board
    if board.status is SagaStatus.COMPLETED and not is_plain:
        yield f"All {len(board.steps)} steps took effect."
    elif board.status is SagaStatus.COMPLETED:
        yield f"All {len(board.steps)} steps took effect, {_leaders(record)}."
    elif board.status is SagaStatus.COMPENSATED and board.compensations:
        yield "No effect of the order is left."
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
    return f"commanded by the orchestrator, except for {listed(one.step for one in own)}: {who} followed others' events"


def _costs(findings: Iterable[Finding]) -> Iterator[str]:
    known = tuple(findings)
    texts = [finding.violation.text for finding in broken(known) if finding.violation]
    if texts:
        yield f"The cost: {texts[0]}."
    as_it_stands = next((one.if_final.text for one in known if one.is_open and one.if_final), None)
    if as_it_stands:
        yield f"As it stands: {as_it_stands}."
