"""What a learner can be asked before a run. The plan gives the options, what was recorded gives the answer.

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
    """An answer that is none of a question's options; the message says what is allowed."""


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to predict.

    `options` gives for a plan what can be answered, each value with its words; where it gives none, the question is not
    asked. `answer` is the value of the option that came true, once the run has ended.
    """

    name: str
    text: str
    options: Callable[[Plan], Options]
    answer: Callable[[RunRecord], str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question after the run: the words of what was `predicted`, empty for not at all, and of what `happened`."""

    question: Question
    predicted: str
    happened: str

    @property
    def is_right(self) -> bool:
        return self.predicted == self.happened


def asked(*plans: Plan) -> tuple[tuple[Question, Options], ...]:
    """The questions that make sense before runs of these plans, each with the options that all of them have."""
    found = ((question, _common([question.options(plan) for plan in plans])) for question in QUESTIONS)
    return tuple((question, options) for question, options in found if options)


def _common(offered: list[Options]) -> Options:
    return {value: words for value, words in offered[0].items() if all(value in options for options in offered)}


def check_prediction(plan: Plan, prediction: Mapping[str, str]) -> None:
    """Raises BadPrediction for the first answer that is none of its question's options in this plan."""
    offered = {question.name: (question, options) for question, options in asked(plan)}
    for name, given in prediction.items():
        if name not in offered:
            raise BadPrediction(f"“{name[:40]}” cannot be predicted here; predict any of {', '.join(offered)}")
        question, options = offered[name]
        if given not in options:
            raise BadPrediction(f"“{given[:40]}” is no answer to “{question.text}”; use one of {', '.join(options)}")


def outcomes(prediction: Mapping[str, str], record: RunRecord) -> tuple[Outcome, ...]:
    """For each question of an ended run what was predicted beside what happened; none when nothing was predicted."""
    if not prediction:
        return ()
    return tuple(_outcome(one, options, prediction, record) for one, options in asked(record.plan))


def _outcome(question: Question, options: Options, prediction: Mapping[str, str], record: RunRecord) -> Outcome:
    happened, predicted = question.answer(record), prediction.get(question.name, "")
    return Outcome(question, options.get(predicted, predicted), options.get(happened, happened))


def is_right(prediction: Mapping[str, str], record: RunRecord) -> bool:
    """Whether everything that was predicted came true."""
    given = ((question, prediction.get(question.name)) for question in QUESTIONS)
    return all(question.answer(record) == value for question, value in given if value)


def _endings(plan: Plan) -> Options:
    return ENDINGS


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
    """Whoever the comparison of two runs names, so that no page calls wrong what another calls right."""
    sign = detect(record).detected_by
    return sign.actor if sign else NOBODY


ENDINGS: Options = {
    SagaStatus.COMPLETED: "Completed: every step takes effect",
    SagaStatus.COMPENSATED: "Compensated: refused, and taken back",
    SagaStatus.COMPENSATION_FAILED: "Compensation incomplete: needs a human",
    SagaStatus.STUCK: "Stuck: nobody will act",
}
CHARGES: Options = {NOTHING: "Nothing", ONCE: "Once", MORE: "Twice, or more often"}

QUESTIONS: tuple[Question, ...] = (
    Question("end", "How does it end?", _endings, _ending),
    Question("charge", "What is the customer charged in the end?", _charges, _charge),
    Question("undo", "Which undo takes effect first?", _undos, _first_undo),
    Question(
        "notice",
        "Who is the first to notice the first fault or, without a fault, the refusal?",
        _watchers,
        _first_to_notice,
    ),
)
