"""Questions about what a run did, each with its key computed from the facts that the run recorded.

A new kind of question is one more entry in `KINDS`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sandbox.definitions.registry import CUSTOMER, ORCHESTRATOR, title
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import FactKind, MessageKind, UndoOrder, Verb
from sandbox.engine.analysis.decisions import decisions
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.evolve import evolve
from sandbox.engine.execution.facts import Fact
from sandbox.render.text.words import undo_name

MAX_OPTIONS = 4


@dataclass(frozen=True, slots=True)
class Choice:
    """One option, and why it is right or wrong for this run."""

    text: str
    why: str
    right: bool = False


@dataclass(frozen=True, slots=True)
class RunQuestion:
    """A question about a run. `at` is the fact that shows the answer, `before` the last one that does not give it."""

    text: str
    choices: tuple[Choice, ...]
    at: int
    before: int


@dataclass(frozen=True, slots=True)
class QuestionKind:
    """A kind of question about a run. `ask` returns None for a run without a clear answer to it.

    `asks` says what it asks of the learner, in the terms of the question banks; a change of either needs a new
    `version`. `untold` removes from a run's settings what would give the answer away.
    """

    name: str
    asks: str
    ask: Callable[[RunRecord], RunQuestion | None]
    version: int = 1
    untold: Callable[[RunSettings], RunSettings] = lambda settings: settings


def _actor_in_words(actor: str) -> str:
    return f"The {title(actor).lower()}" if actor in {ORCHESTRATOR, CUSTOMER} else f"The {title(actor).lower()} service"


def _sole_refusal(record: RunRecord) -> Fact | None:
    """Returns the refusal that the run compensates, if that is its only failure; else None.

    A step that was abandoned was not refused.
    """
    first, *others = record.board.failures or (None,)
    is_refusal = first and first.kind is FactKind.STEP_REJECTED and first.verb is not Verb.ABANDON
    return first if is_refusal and not others else None


def _options(right: Choice, others: Iterable[Choice]) -> tuple[Choice, ...]:
    """Returns the right choice and others, at most MAX_OPTIONS, each text once."""
    distinct = {choice.text: choice for choice in (right, *others)}
    distinct[right.text] = right
    return tuple(distinct.values())[:MAX_OPTIONS]


def _second_undo(record: RunRecord) -> RunQuestion | None:
    """Asks which undo took effect second, where undos wait for each other, so that it is no matter of chance."""
    plan, undone = record.plan, record.of_kind(FactKind.STEP_COMPENSATED)
    steps = [str(fact.step) for fact in undone]
    if plan.undo_order is not UndoOrder.SEQUENTIAL or len(steps) < 2 or len(set(steps)) < len(steps):
        return None
    places = dict(zip(steps, PLACES, strict=False))
    refusal = f"It took effect second, as fact {undone[1].seq}: after the undo of {steps[0]}, a step that came later."
    right = Choice(_undo_in_words(undo_name(plan, steps[1])), refusal, right=True)
    others = [Choice(_undo_in_words(undo_name(plan, name)), _when_undone(name, places)) for name in _undoable(record)]
    return RunQuestion("Which undo took effect second?", _options(right, others), undone[1].seq, before=undone[0].seq)


def _undoable(record: RunRecord) -> list[str]:
    """Returns the steps that have an undo, the undone ones first."""
    undone = record.board.compensations
    return [*undone, *(step.name for step in record.plan.saga.steps if step.undo and step.name not in undone)]


def _when_undone(step: str, places: dict[str, str]) -> str:
    if step in places:
        return f"It took effect {places[step]}: undos go back through the steps, the last one that took effect first."
    return f"It never ran: {step} had not taken effect in this run, so there was nothing to undo."


def _undo_in_words(name: str) -> str:
    return name.replace("-", " ").capitalize()


def _who_refused(record: RunRecord) -> RunQuestion | None:
    """Asks which service refused; each wrong choice says what that service did instead."""
    refusal = _sole_refusal(record)
    if refusal is None:
        return None
    right = Choice(
        _actor_in_words(refusal.actor),
        f"It refused {refusal.step}: {refusal.reason}. A refusal is an answer, not an accident.",
        right=True,
    )
    others = [Choice(_actor_in_words(actor), _part_of(record, actor)) for actor in record.plan.saga.services]
    text = "Which service refused its step?"
    return RunQuestion(text, _options(right, others), refusal.seq, before=refusal.seq - 1)


def _part_of(record: RunRecord, actor: str) -> str:
    done = [str(fact.step) for fact in record.of_kind(FactKind.STEP_COMPLETED) if fact.actor == actor]
    if done:
        return f"It completed {done[0]}, which was undone later because another service refused."
    step = next(step.name for step in record.plan.saga.steps if step.service == actor)
    return f"Its step, {step}, was never reached: the refusal came before."


def _who_decided(record: RunRecord) -> RunQuestion | None:
    """Asks who decided on the first undo: the actor that commanded it, or else the service itself."""
    made = decisions(record, Verb.UNDO)
    refusal = _sole_refusal(record)
    if not made or refusal is None:
        return None
    first = made[0]
    undo = undo_name(record.plan, first.step)
    if first.is_own:
        why = f"It heard {first.trigger} and acted by a rule of its own. Nobody told it to."
    else:
        why = f"It heard of the refusal, chose what is to be undone, and commanded {first.trigger}."
    right = Choice(_actor_in_words(first.by), why, right=True)
    others = [
        Choice(_actor_in_words(actor), _no_decider(actor, record, refusal)) for actor in (ORCHESTRATOR, first.actor)
    ]
    others += [
        Choice(
            _actor_in_words(refusal.actor), "It told of its refusal, and that was all. It names no one who is to act."
        ),
        Choice("The message broker", "It carries messages, and decides nothing of what they lead to."),
    ]
    first_undone = record.of_kind(FactKind.STEP_COMPENSATED)[0].seq
    text = f"Who decided that {undo} was to run?"
    return RunQuestion(text, _options(right, others), first_undone, before=refusal.seq)


def _no_decider(actor: str, record: RunRecord, refusal: Fact) -> str:
    publisher = _actor_in_words(refusal.actor).lower()
    if actor == ORCHESTRATOR and ORCHESTRATOR not in record.plan.actors:
        return f"There is none in this run: {publisher} published what happened, and others reacted."
    if actor == ORCHESTRATOR:
        return "It commands the steps, but this one was set going by an event among services."
    return "It carried the undo out, since it was commanded. It had no choice."


def _last_message(record: RunRecord) -> RunQuestion | None:
    """Asks for the last message that was sent, without timers."""
    sent = [fact for fact in record.of_kind(FactKind.MESSAGE_SENT) if fact.message_kind is not MessageKind.TIMER]
    refusal = _sole_refusal(record)
    if refusal is None or len(sent) < MAX_OPTIONS or sent[-1].name in {fact.name for fact in sent[:-1]}:
        return None
    last, first = sent[-1], sent[0]
    refusals = [fact for fact in sent if fact.caused_by == refusal.caused_by and fact.actor == refusal.actor]
    forward = [fact for fact in sent if fact.seq < refusal.seq and fact is not first]
    whys = [
        *((fact, "It told of the refusal. The undos, and what they told, came after it.") for fact in refusals[:1]),
        *((fact, "It belongs to the way forward, before the refusal.") for fact in reversed(forward[-1:])),
        (sent[-2], "It came just before the last one; one more message followed."),
        (first, "That was the first message of all: the order itself."),
    ]
    right = Choice(_message_in_words(last), f"It is fact {last.seq}; nothing was sent after it.", right=True)
    text = "What was the last message that was sent?"
    others = [Choice(_message_in_words(fact), why) for fact, why in whys]
    return RunQuestion(text, _options(right, others), last.seq, before=last.seq - 1)


def _message_in_words(fact: Fact) -> str:
    return f"{fact.name}, from {_actor_in_words(fact.actor).lower()}"


def _how_often(record: RunRecord) -> RunQuestion | None:
    """Asks how many attempts a step took that failed at first, where nothing else blurs the count."""
    if record.of_kind(*BLURS):
        return None
    failed = [fact for fact in record.of_kind(FactKind.ATTEMPT_FAILED) if fact.step and fact.verb is not Verb.UNDO]
    steps = {fact.step for fact in failed}
    done = [fact for fact in record.of_kind(FactKind.STEP_COMPLETED) if fact.step in steps]
    if len(steps) != 1 or len(done) != 1:
        return None
    tries, step = len(failed) + 1, done[0].step
    right = Choice(
        _attempts(tries), f"{len(failed)} failed and the last took effect. Attempts count the first.", right=True
    )
    others = [Choice(_attempts(count), _miscount(count, tries)) for count in (tries - 1, tries + 1, tries + 2)]
    text = f"How many attempts did {step} take?"
    return RunQuestion(text, _options(right, others), done[0].seq, before=failed[0].seq - 1)


def _without_refusal(settings: RunSettings) -> RunSettings:
    return evolve(settings, fail="")


def _without_numbers(settings: RunSettings) -> RunSettings:
    return evolve(settings, fault=tuple(evolve(fault, number=None) for fault in settings.fault))


def _attempts(count: int) -> str:
    return f"{count} attempt{'s' if count > 1 else ''}"


def _miscount(count: int, tries: int) -> str:
    if count < tries:
        return "That counts the retries only. The first try is an attempt, too."
    return f"The step took effect at attempt {tries}; there was nothing left to try at attempt {count}."


PLACES = ("first", "second", "third", "fourth", "fifth", "sixth")
# Facts that make attempts hard to count.
BLURS = (FactKind.MESSAGE_REDELIVERED, FactKind.MESSAGE_COPIED, FactKind.STEP_TIMED_OUT, FactKind.OPERATOR_RETRIED)

KINDS: tuple[QuestionKind, ...] = (
    QuestionKind("second-undo", "fact", _second_undo),
    QuestionKind("who-refused", "fact", _who_refused, untold=_without_refusal),
    QuestionKind("who-decided", "why", _who_decided),
    QuestionKind("last-message", "fact", _last_message),
    QuestionKind("attempts", "fact", _how_often, untold=_without_numbers),
)
