"""Questions about a run that a learner answers before it. The plan gives the options, the record the answer.

Each is answered as soon as it is decided: who noticed the problem by that fact, how the run ends by its last one.
A new question is one more entry in `QUESTIONS`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sandbox.definitions.model import Unit
from sandbox.definitions.registry import CUSTOMER, title
from sandbox.definitions.terms import FactKind, MessageKind, SagaStatus, Style, Verb
from sandbox.engine.analysis.decisions import decisions
from sandbox.engine.analysis.detection import detect
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.plan.model import Plan

Options = Mapping[str, str]
NOTHING, ONCE, MORE = "nothing", "once", "more"
NONE, NOBODY = "none", "nobody"
HUB, EACH, MIXED = "orchestrator", "each", "both"
# The answer to a question that is still to be decided.
OPEN = ""


class BadPrediction(ValueError):
    """Raised for an answer that is none of a question's options; the message says what is allowed."""


@dataclass(frozen=True, slots=True)
class PredictionQuestion:
    """One thing to predict.

    `options` returns the answers that a plan allows, each value with its text; without any, the question is not asked.
    `answer` returns the value of the option that came true, OPEN while that is not decided. Side by side, a question
    `by_style` is asked once for each style.
    """

    name: str
    text: str
    options: Callable[[Plan], Options]
    answer: Callable[[RunRecord], str]
    by_style: bool = False

    def name_in(self, style: str) -> str:
        """Returns the name of its answer for a run in that style, where two runs are predicted at once."""
        return f"{self.name}-{style}" if self.by_style else self.name


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question and its answer so far: the texts of what was `predicted` and of what `happened`, "" for neither."""

    question: PredictionQuestion
    predicted: str
    happened: str

    @property
    def is_open(self) -> bool:
        """Returns whether the run has not decided it yet."""
        return not self.happened

    @property
    def is_right(self) -> bool:
        return not self.is_open and self.predicted == self.happened


def questions_for(*plans: Plan) -> tuple[tuple[PredictionQuestion, Options], ...]:
    """Returns the questions that can be asked before runs of these plans, with the options that all of them share."""
    found = ((question, _common([question.options(plan) for plan in plans])) for question in QUESTIONS)
    return tuple((question, options) for question, options in found if options)


def _common(offered: list[Options]) -> Options:
    return {value: words for value, words in offered[0].items() if all(value in options for options in offered)}


def predicted_for(style: str, given: Mapping[str, str]) -> dict[str, str]:
    """Returns the answers for a run in that style by the questions' names, without those for another style."""
    names = {one.name_in(style): one.name for one in QUESTIONS}
    others = {one.name_in(other) for one in QUESTIONS for other in Style} - set(names)
    return {names.get(name, name): value for name, value in given.items() if name not in others}


def check_prediction(plan: Plan, prediction: Mapping[str, str]) -> None:
    """Raises BadPrediction for the first answer that is none of its question's options in this plan."""
    offered = {question.name: (question, options) for question, options in questions_for(plan)}
    for name, given in prediction.items():
        if name not in offered:
            raise BadPrediction(f"“{name[:40]}” cannot be predicted here; predict any of {', '.join(offered)}")
        question, options = offered[name]
        if given not in options:
            raise BadPrediction(f"“{given[:40]}” is no answer to “{question.text}”; use one of {', '.join(options)}")


def outcomes(prediction: Mapping[str, str], record: RunRecord) -> tuple[Outcome, ...]:
    """Returns the outcome of each question, as far as the record decides it; none when nothing was predicted."""
    if not prediction:
        return ()
    return tuple(_outcome(one, options, prediction, record) for one, options in questions_for(record.plan))


def _outcome(
    question: PredictionQuestion, options: Options, prediction: Mapping[str, str], record: RunRecord
) -> Outcome:
    happened, predicted = question.answer(record), prediction.get(question.name, "")
    return Outcome(question, options.get(predicted, predicted), options.get(happened, happened))


def is_right(prediction: Mapping[str, str], record: RunRecord) -> bool:
    """Returns whether everything that was predicted came true."""
    given = ((question, prediction.get(question.name)) for question in QUESTIONS)
    return all(question.answer(record) == value for question, value in given if value)


def _deciders(plan: Plan) -> Options:
    if not any(step.undo for step in plan.saga.steps):
        return {}
    return {value: text for value, text in DECIDERS.items() if value != MIXED or len(_possible_deciders(plan)) > 1}


def _possible_deciders(plan: Plan) -> set[str]:
    """Returns who can decide an undo by the rules: the sender of a command, or whoever reacts to an event."""
    commands = {hop.name for hop in plan.hops if hop.kind is MessageKind.COMMAND}
    undoing = [rule for rule in plan.rules if rule.verb is Verb.UNDO]
    return {HUB if name in commands else EACH for rule in undoing for name in rule.on}


def _decider(record: RunRecord) -> str:
    found = {EACH if one.is_own else HUB for one in decisions(record, Verb.UNDO)}
    if len(found) > 1:
        return MIXED
    is_decided = _is_over(record) or found == _possible_deciders(record.plan)
    return next(iter(found), NOBODY) if is_decided else OPEN


def _endings(plan: Plan) -> Options:
    return END_OPTIONS


def _is_over(record: RunRecord) -> bool:
    """Returns whether the run has ended; one that a bug of ours has ended decides nothing."""
    return record.board.is_ended and not record.board.sandbox_failure


def _ending(record: RunRecord) -> str:
    return str(record.board.status) if _is_over(record) else OPEN


def _charges(plan: Plan) -> Options:
    return CHARGES if plan.saga.charge else {}


def _charge(record: RunRecord) -> str:
    if not _is_over(record):
        return OPEN
    charge, total = record.plan.saga.charge, record.order.amount(Unit.CENT)
    held = record.filled_by(charge) if charge else 0
    return MORE if held > total else ONCE if held else NOTHING


def _undos(plan: Plan) -> Options:
    undos = {step.name: step.undo.name for step in plan.saga.steps if step.undo}
    return {**undos, NONE: "None: nothing is undone"} if undos else {}


def _first_undo(record: RunRecord) -> str:
    undone = next((str(fact.step) for fact in record.of_kind(FactKind.STEP_COMPENSATED)), NONE)
    return OPEN if undone == NONE and not _is_over(record) else undone


def _watchers(plan: Plan) -> Options:
    return {**{actor: title(actor) for actor in plan.actors if actor != CUSTOMER}, NOBODY: "Nobody"}


def _first_to_notice(record: RunRecord) -> str:
    """Returns the actor that the comparison of runs names too, so that no two pages disagree.

    Where a fault is placed that has not struck yet, a refusal before it decides nothing.
    """
    found = detect(record)
    may_change = found.cause == found.detected_by and bool(record.settings.fault)
    if not _is_over(record) and (may_change or found.detected_by is None):
        return OPEN
    return found.detected_by.actor if found.detected_by else NOBODY


END_OPTIONS: Options = {
    SagaStatus.COMPLETED: "Completed: every step takes effect",
    SagaStatus.COMPENSATED: "Compensated: refused, and taken back",
    SagaStatus.COMPENSATION_FAILED: "Compensation incomplete: needs a human",
    SagaStatus.STUCK: "Stuck: nobody will act",
}
DECIDERS: Options = {
    HUB: "The orchestrator",
    EACH: "Each service for itself",
    MIXED: "Both: the orchestrator, and services inside its part",
    NOBODY: "Nobody: nothing is undone",
}
CHARGES: Options = {NOTHING: "Nothing", ONCE: "Once", MORE: "Twice, or more often"}

QUESTIONS: tuple[PredictionQuestion, ...] = (
    PredictionQuestion("decide", "Who will decide the undo?", _deciders, _decider, by_style=True),
    PredictionQuestion("end", "How does it end?", _endings, _ending),
    PredictionQuestion("charge", "What is the customer charged in the end?", _charges, _charge),
    PredictionQuestion("undo", "Which undo takes effect first?", _undos, _first_undo),
    PredictionQuestion("notice", "Who notices the problem first?", _watchers, _first_to_notice),
)
