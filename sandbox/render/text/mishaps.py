"""Tells of a fault that struck a run: what it did and when, who noticed and how, and how the work went on.

One function for each phase and effect tells it; `STORIES` lists them.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from sandbox.definitions.registry import FAULT, ORCHESTRATOR, title
from sandbox.definitions.terms import Effect, FactKind, Guarantee, Phase, Verb
from sandbox.engine.analysis.detection import Detection, detection_of
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.execution.facts import Fact
from sandbox.engine.execution.react import IN_INBOX
from sandbox.render.text.format import brief, clock, seconds
from sandbox.render.text.names import capital, named


@dataclass(frozen=True)
class Mishap:
    """A fault that struck, and the run that it struck. `struck` is the fact of its first strike there."""

    record: RunRecord
    struck: Fact

    @property
    def actor(self) -> str:
        return named(self.struck.actor)

    @property
    def name(self) -> str:
        return str(self.struck.name)

    @property
    def when(self) -> str:
        return f"at +{moment(self.record, self.struck)}"

    @property
    def wait(self) -> str:
        return seconds(self.struck.after or 0.0, digits=2)

    @property
    def doing(self) -> str:
        """Returns what the message asks its receiver to do, in words; its name, where it asks for nothing."""
        for verb in (Verb.UNDO, Verb.DO):
            step = self.record.plan.requested_step(self.struck.actor, self.name, verb)
            action = step and (step.do if verb is Verb.DO else step.undo)
            if action:
                return action.in_words
        return f"handle {self.name}"

    @cached_property
    def later(self) -> tuple[Fact, ...]:
        """Returns the facts since then about this message at its receiver, or caused by it there."""
        about, actor = self.struck.message, self.struck.actor
        facts = self.record.facts[self.struck.seq :]
        return tuple(f for f in facts if f.actor == actor and about in (f.message, f.caused_by))

    def first(self, *kinds: FactKind) -> Fact | None:
        """Returns the first of these facts since then, about this message."""
        return next((fact for fact in self.later if fact.kind in kinds), None)

    @cached_property
    def detection(self) -> Detection:
        return detection_of(self.record, self.struck)

    @property
    def by_hand(self) -> str:
        return ", by your hand" if self.struck.by_hand else ""

    def lacks(self, guarantee: Guarantee) -> bool:
        return guarantee in self.record.settings.off


def moment(record: RunRecord, fact: Fact) -> str:
    """Returns the time of a fact since the run's start, in words."""
    return clock(record.seconds(record.facts[0], fact))


def name_of(record: RunRecord, message: int | None) -> str:
    """Returns the name of the message of that number."""
    return next((str(f.name) for f in record.of_kind(FactKind.MESSAGE_SENT) if f.message == message), "message")


def tell(mishap: Mishap) -> str:
    """Returns the story of one fault, or of a lost message."""
    if mishap.struck.kind is FactKind.MESSAGE_LOST:
        return _lost(mishap)
    kind = FAULT[str(mishap.struck.fault)]
    return STORIES[kind.phase, kind.effect](mishap).rstrip()


def _lost(m: Mishap) -> str:
    return f"{m.name} was lost on its way to {m.actor} {m.when}{m.by_hand}. {_noticed(m)}"


def _doubled(m: Mishap) -> str:
    what = f"{m.name} was delivered twice to {m.actor} {m.when}{m.by_hand}"
    return f"{what}{_of_the_copy(m)}"


def _of_the_copy(m: Mishap) -> str:
    """Says what became of the second copy of a message."""
    ignored = m.first(FactKind.DUPLICATE_IGNORED)
    if ignored:
        return f". {capital(m.actor)} recognised the copy{_by_what(ignored)} and did nothing."
    effects = [fact for fact in m.later if fact.kind in {FactKind.STEP_COMPLETED, FactKind.STEP_COMPENSATED}]
    if len(effects) > 1:
        return f". Without an inbox it did not recognise the copy: it did “{m.doing}” twice. {_who_did(m)}"
    return ", and nothing recognised the copy." if _is_over(m.record) else "."


def _by_what(ignored: Fact) -> str:
    """Says by what a copy was recognised: its reason says so at more length."""
    if not ignored.reason:
        return ""
    return " by its inbox" if ignored.reason == IN_INBOX else " by its own records"


def _who_did(m: Mishap) -> str:
    """Says who recognised what a message that was handled twice led to, since that comes twice as well."""
    caused = {f.message for f in m.record.of_kind(FactKind.MESSAGE_SENT) if f.caused_by == m.struck.message}
    ignored = (f for f in m.record.facts[m.struck.seq :] if f.kind is FactKind.DUPLICATE_IGNORED)
    other = next((f for f in ignored if f.actor != m.struck.actor and caused & {f.message, f.caused_by}), None)
    if other is None:
        return ""
    name = other.name or name_of(m.record, other.caused_by)
    return f"{capital(named(other.actor))} recognised the second {name}{_by_what(other)}."


def _overtaken(m: Mishap) -> str:
    skipped = m.first(FactKind.STEP_SKIPPED)
    what = f"{m.name} to {m.actor} was overtaken by the next message {m.when}{m.by_hand}."
    if skipped:
        alarm = f" {_watched(m)}" if _alarm_since(m) else ""
        return f"{what}{alarm} When it came, {m.actor} skipped it: its step had been undone before it was done."
    return f"{what} {_noticed(m)}"


def _slow(m: Mishap) -> str:
    return f"{m.actor} was slow {m.when}: {m.wait} to {m.doing}. {_noticed(m)}"


def _late_answer(m: Mishap) -> str:
    done = m.first(FactKind.STEP_COMPLETED, FactKind.STEP_COMPENSATED, FactKind.STEP_REJECTED)
    what = "did" if done is None or done.kind is not FactKind.STEP_REJECTED else "refused"
    return f"{m.actor} {what} its work {m.when}, and its answer was held back for {m.wait}. {_noticed(m)}"


def _failed(m: Mishap) -> str:
    fails = [fact for fact in m.later if fact.kind is FactKind.ATTEMPT_FAILED]
    times = "once" if len(fails) == 1 else f"{len(fails)} times"
    what = f"{m.actor} failed {times} to {m.doing}, {'' if len(fails) == 1 else 'first '}{m.when}{m.by_hand}"
    handled, dead = m.first(FactKind.MESSAGE_HANDLED), m.first(FactKind.MESSAGE_DEAD)
    rejected = m.first(FactKind.STEP_REJECTED)
    if handled and rejected and rejected.verb is not Verb.ABANDON:
        return f"{what}."  # its refusal is told by itself
    if handled and not rejected:
        helped = m.first(FactKind.OPERATOR_RETRIED)
        if helped:
            return f"{what}, and gave up; it succeeded once you had fixed the cause at +{moment(m.record, helped)}."
        return f"{what}; attempt {len(fails) + 1} succeeded. {_nobody_else(m)}"
    if dead:
        return f"{what}, and gave up: now a person has to fix the cause."
    return f"{what}." if not handled else f"{what}, and gave up."


def _killed(m: Mishap) -> str:
    then = _came_back(m)
    return f"{m.actor}'s worker was killed {m.when}{m.by_hand}, {_how_far(m)}{f'; {then}' if then else '.'}"


def _how_far(m: Mishap) -> str:
    """Says how far the worker was. Without an outbox it publishes first, and without late-ack it acknowledges first."""
    phase = FAULT[str(m.struck.fault)].phase
    if phase is Phase.PUBLISHED and m.lacks(Guarantee.OUTBOX):
        return "after it published and before it committed"
    if phase is Phase.PUBLISHED and m.lacks(Guarantee.LATE_ACK):
        return "after it published"
    return WHILE[phase].format(m.name)


WHILE = {
    Phase.ARRIVING: "while handling {}",
    Phase.COMMITTED: "after its commit and before it published",
    Phase.PUBLISHED: "after it published and before it acknowledged {}",
}


def _came_back(m: Mishap) -> str:
    """Says how the work of a killed worker went on."""
    if m.first(FactKind.MESSAGE_LOST):
        return f"the message was acknowledged already, and so was lost. {_noticed(m)}"
    replayed, again = m.first(FactKind.HISTORY_REPLAYED), m.first(FactKind.MESSAGE_REDELIVERED)
    if replayed:
        return f"it was back after {_since(m, replayed)}, its state rebuilt from its history. {_nobody_else(m)}"
    phase = FAULT[str(m.struck.fault)].phase
    if phase is not Phase.ARRIVING and m.lacks(Guarantee.OUTBOX):
        return _without_outbox(m, phase)
    copy = m.first(FactKind.DUPLICATE_IGNORED)
    if copy:
        return f"the message came again after {_since(m, copy)}, and was recognised{_by_what(copy)}. {_nobody_else(m)}"
    if phase is not Phase.ARRIVING and m.lacks(Guarantee.LATE_ACK):
        return f"the message was acknowledged already, and nothing was lost. {_nobody_else(m)}"
    if _did_twice(m):
        return f"the message came again and, without an inbox, it did “{m.doing}” twice. {_who_did(m)}"
    handled = m.first(FactKind.MESSAGE_HANDLED)
    if again or handled:
        back = again or handled
        return f"a new one had the message after {_since(m, back)}. {_nobody_else(m)}" if back else ""
    return "" if _is_over(m.record) else "the message waits for a new worker."


def _did_twice(m: Mishap) -> bool:
    """Returns whether one step took effect, or was undone, twice at the actor that was struck."""
    effects = (FactKind.STEP_COMPLETED, FactKind.STEP_COMPENSATED)
    counted = Counter((fact.kind, fact.step) for fact in m.record.of_kind(*effects) if fact.actor == m.struck.actor)
    return any(times > 1 for times in counted.values())


def _without_outbox(m: Mishap, phase: Phase) -> str:
    if phase is Phase.COMMITTED:
        ignored = m.first(FactKind.DUPLICATE_IGNORED)
        copy = f", and when {m.name} was delivered again, it was recognised{_by_what(ignored)}" if ignored else ""
        return f"without an outbox it never did{copy}. {_watched(m)}"
    return "without an outbox its messages were out, and its work was rolled back."


def _since(m: Mishap, fact: Fact) -> str:
    return brief(m.record.seconds(m.struck, fact))


def _down(m: Mishap) -> str:
    return f"{m.actor} was down for {m.wait} from +{moment(m.record, m.struck)} on, and {m.name} waited. {_noticed(m)}"


STORIES: dict[tuple[Phase, Effect], Callable[[Mishap], str]] = {
    (Phase.SENDING, Effect.LOSE): _lost,
    (Phase.SENDING, Effect.COPY): _doubled,
    (Phase.SENDING, Effect.OVERTAKE): _overtaken,
    (Phase.ARRIVING, Effect.FAIL): _failed,
    (Phase.ARRIVING, Effect.DELAY): _slow,
    (Phase.ARRIVING, Effect.CRASH): _killed,
    (Phase.ARRIVING, Effect.SHUT): _down,
    (Phase.ANSWERING, Effect.DELAY): _late_answer,
    (Phase.COMMITTED, Effect.CRASH): _killed,
    (Phase.PUBLISHED, Effect.CRASH): _killed,
}


def _noticed(m: Mishap) -> str:
    """Says who noticed, how, and what they did about it."""
    by = m.detection.detected_by
    if by is None:
        return "Nobody noticed." if _is_over(m.record) else "Nobody has noticed yet."
    after = "at once" if m.detection.after < 0.05 else f"after {seconds(m.detection.after)}"
    if by.kind is FactKind.STEP_TIMED_OUT or by.kind is FactKind.MESSAGE_SENT:
        return f"{_alarm(by)} noticed {after}{_then(m.record, by)}."
    if by.kind is FactKind.DUPLICATE_IGNORED:
        return f"{capital(named(by.actor))} recognised the copy{_by_what(by)} and did nothing."
    return f"{capital(named(by.actor))} noticed {after}."


def _alarm(by: Fact) -> str:
    return "The orchestrator's timeout" if by.actor == ORCHESTRATOR else "The order's deadline"


def _then(record: RunRecord, by: Fact) -> str:
    """Says what the actor whose timer rang did about it."""
    if by.actor != ORCHESTRATOR:
        refused = next((f for f in record.of_kind(FactKind.STEP_REJECTED) if f.seq > by.seq), None)
        return f", and {title(refused.actor)} gave the order up" if refused else ""
    return "" if by.because else " and asked again"  # what it decided to undo is told by itself


def _nobody_else(m: Mishap) -> str:
    """Says whether anybody but the actor itself noticed."""
    if _alarm_since(m):
        return _watched(m)
    return "Nobody else noticed." if _is_over(m.record) else ""


def _alarm_since(m: Mishap) -> Fact | None:
    facts = m.record.facts[m.struck.seq :]
    return next((fact for fact in facts if fact.kind is FactKind.STEP_TIMED_OUT), None)


def _watched(m: Mishap) -> str:
    """Says whose timer rang since then."""
    alarm = _alarm_since(m)
    if alarm is None:
        return "Nobody noticed." if _is_over(m.record) else "Nobody has noticed yet."
    after = seconds(m.record.seconds(m.struck, alarm))
    return f"{_alarm(alarm)} noticed after {after}{_then(m.record, alarm)}."


def _is_over(record: RunRecord) -> bool:
    return record.board.is_ended
