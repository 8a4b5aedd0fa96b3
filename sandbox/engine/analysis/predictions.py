"""Questions about a run that a learner answers before it. The plan gives the options, the record the answer.

A new question is one more entry in `QUESTIONS`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sandbox.definitions.model import Unit
from sandbox.definitions.registry import CUSTOMER, title
from sandbox.definitions.terms import FactKind, SagaStatus
from sandbox.engine.analysis.detection import detect
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.plan.model import Plan

Options = Mapping[str, str]
NOTHING, ONCE, MORE = "nothing", "once", "more"
NONE, NOBODY = "none", "nobody"


class BadPrediction(ValueError):
    """Raised for an answer that is none of a question's options; the message says what is allowed."""


@dataclass(frozen=True, slots=True)
class PredictionQuestion:
    """One thing to predict.

    `options` returns the answers that a plan allows, each value with its text; without any, the question is not asked.
    `answer` returns the value of the option that came true, once the run has ended.
    """

    name: str
    text: str
    options: Callable[[Plan], Options]
    answer: Callable[[RunRecord], str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A question after the run: the text of what was `predicted`, empty if nothing was, and of what `happened`."""

    question: PredictionQuestion
    predicted: str
    happened: str

    @property
    def is_open(self) -> bool:
        return not self.happened

    @property
    def is_right(self) -> bool:
        return self.predicted == self.happened


def questions_for(*plans: Plan) -> tuple[tuple[PredictionQuestion, Options], ...]:
    """Returns the questions that can be asked before runs of these plans, with the options that all of them share."""
    found = ((question, _common([question.options(plan) for plan in plans])) for question in QUESTIONS)
    return tuple((question, options) for question, options in found if options)


def _common(offered: list[Options]) -> Options:
    return {value: words for value, words in offered[0].items() if all(value in options for options in offered)}


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
    """Returns the outcome of each question of an ended run; none when nothing was predicted."""
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


def _endings(plan: Plan) -> Options:
    return END_OPTIONS


def _ending(record: RunRecord) -> str:
    ended = record.of_kind(FactKind.SAGA_ENDED)
    return str(ended[-1].status) if ended else ""


def _charges(plan: Plan) -> Options:
    return CHARGES if plan.saga.charge else {}


def _charge(record: RunRecord) -> str:
    charge, total = record.plan.saga.charge, record.order.amount(Unit.CENT)
    held = record.filled_by(charge) if charge else 0
    return MORE if held > total else ONCE if held else NOTHING


def _undos(plan: Plan) -> Options:
    undos = {step.name: step.undo.name for step in plan.saga.steps if step.undo}
    return {**undos, NONE: "None: nothing is undone"} if undos else {}


def _first_undo(record: RunRecord) -> str:
    return next((str(fact.step) for fact in record.of_kind(FactKind.STEP_COMPENSATED)), NONE)


def _watchers(plan: Plan) -> Options:
    return {**{actor: title(actor) for actor in plan.actors if actor != CUSTOMER}, NOBODY: "Nobody"}


def _first_to_notice(record: RunRecord) -> str:
    """Returns the actor that the comparison of runs names too, so that no two pages disagree."""
    detected_by = detect(record).detected_by
    return detected_by.actor if detected_by else NOBODY


END_OPTIONS: Options = {
    SagaStatus.COMPLETED: "Completed: every step takes effect",
    SagaStatus.COMPENSATED: "Compensated: refused, and taken back",
    SagaStatus.COMPENSATION_FAILED: "Compensation incomplete: needs a human",
    SagaStatus.STUCK: "Stuck: nobody will act",
}
CHARGES: Options = {NOTHING: "Nothing", ONCE: "Once", MORE: "Twice, or more often"}

QUESTIONS: tuple[PredictionQuestion, ...] = (
    PredictionQuestion("end", "How does it end?", _endings, _ending),
    PredictionQuestion("charge", "What is the customer charged in the end?", _charges, _charge),
    PredictionQuestion("undo", "Which undo takes effect first?", _undos, _first_undo),
    PredictionQuestion(
        "notice",
        "Who is the first to notice the first fault or, without a fault, the refusal?",
        _watchers,
        _first_to_notice,
    ),
)
