"""Describes answered questions for a page: the picks, the mark and the reason of every option, as when graded."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from quiz.attempts.own_run import OwnRun, own_run
from quiz.bank.model import Confidence, Kind, Option, Question
from quiz.models import Answer

PLACES = ("", "first", "second", "third", "fourth", "fifth", "sixth")
CONFIDENCE_TEXTS: dict[str, str] = {
    Confidence.GUESS: "guessed",
    Confidence.THINK: "thought so",
    Confidence.SURE: "were sure",
}
CALIBRATION_TEXTS: dict[str, str] = {
    Confidence.SURE: "You were sure about {}, and got {}.",
    Confidence.GUESS: "You guessed {}, and got {}.",
}


@dataclass(frozen=True)
class OptionFeedback:
    """An option of an answered question. `verdict` says in words what `is_right` and `is_slip`, a wrong pick, show."""

    text: str
    why: str
    verdict: str = ""
    is_right: bool = False
    is_slip: bool = False


@dataclass(frozen=True)
class QuestionFeedback:
    """An answered question. `answer` is the answer's id, None for one that is not kept.

    `paragraph` and `sandbox` are as in the bank.
    """

    number: int
    answer: int | None
    prompt: str
    kind: Kind
    paragraph: str
    sandbox: str
    own_run: OwnRun | None
    is_right: bool
    needs_review: bool
    confidence: str
    options: tuple[OptionFeedback, ...]

    @property
    def is_ordering(self) -> bool:
        return self.kind is Kind.ORDERING

    @property
    def is_guessed(self) -> bool:
        return self.confidence == Confidence.GUESS

    @property
    def said(self) -> str:
        """Returns the confidence in words that follow "you"; "" where none was given."""
        return CONFIDENCE_TEXTS.get(self.confidence, "")

    @property
    def settings(self) -> list[tuple[str, str]]:
        """Returns the fields of a form that starts the run which shows the answer."""
        return parse_qsl(self.sandbox)

    @property
    def urgency(self) -> int:
        """Returns how soon it is worth reading, 0 first: sure and wrong, wrong, right by a guess, right."""
        if not self.is_right:
            return 0 if self.confidence == Confidence.SURE else 1
        return 2 if self.is_guessed else 3


def feedback_on(question: Question, number: int, answer: Answer) -> QuestionFeedback:
    """Returns the feedback on one answer, with the mark that it was given."""
    return QuestionFeedback(
        number=number,
        answer=answer.pk,
        prompt=question.prompt,
        kind=question.kind,
        paragraph=question.paragraph,
        sandbox=question.sandbox,
        own_run=own_run(question),
        is_right=answer.is_right,
        needs_review=answer.needs_review,
        confidence=answer.confidence,
        options=tuple(OPTIONS[question.kind](question, answer)),
    )


def _picked(question: Question, answer: Answer) -> Iterator[OptionFeedback]:
    for option in question.options:
        is_picked = option.id in answer.picks
        is_slip = is_picked and not option.right
        yield OptionFeedback(
            option.text, option.why, _verdict(question, option, is_picked), bool(option.right), is_slip
        )


def _verdict(question: Question, option: Option, is_picked: bool) -> str:
    if not option.right:
        return "Your pick" if is_picked else ""
    if is_picked:
        return "Right, your pick"
    return "Right, but you left it out" if question.kind is Kind.MULTIPLE else "Right"


def _typed(question: Question, answer: Answer) -> Iterator[OptionFeedback]:
    """Yields what was written where it is wrong, then every answer that is accepted."""
    written = next((option for option in question.options if option.id in answer.picks), None)
    if not answer.is_right:
        yield OptionFeedback(answer.given, written.why if written else "", "Your answer", is_slip=True)
    for option in question.options:
        if option.right:
            verdict = f"Right, you wrote “{answer.given}”" if option is written else "Right"
            yield OptionFeedback(option.text, option.why, verdict, is_right=True)


def _in_order(question: Question, answer: Answer) -> Iterator[OptionFeedback]:
    """Yields the items in their right order, each with the place that the learner gave it."""
    known: dict[str, Option] = {option.id: option for option in question.options}
    for place, name in enumerate(question.key, start=1):
        given = answer.picks.index(name) + 1 if name in answer.picks else 0
        is_right = given == place
        verdict = "In its place" if is_right else f"You put it {_place(given)}" if given else ""
        yield OptionFeedback(known[name].text, known[name].why, verdict, is_right, not is_right)


def _place(number: int) -> str:
    return PLACES[number] if number < len(PLACES) else f"in place {number}"


OPTIONS: dict[Kind, Callable[[Question, Answer], Iterator[OptionFeedback]]] = {
    Kind.SINGLE: _picked,
    Kind.MULTIPLE: _picked,
    Kind.TRUE_FALSE: _picked,
    Kind.ORDERING: _in_order,
    Kind.TEXT: _typed,
    Kind.NUMBER: _typed,
}


def paragraphs_to_read_again(questions: Iterable[QuestionFeedback]) -> list[str]:
    """Returns the anchors of the paragraphs that explain missed questions, each once."""
    return list(dict.fromkeys(each.paragraph for each in questions if not each.is_right and each.paragraph))


def calibration(questions: Sequence[QuestionFeedback]) -> str:
    """Says in a sentence or two how far learners can trust their own confidence; "" where they gave none."""
    return " ".join(filter(None, (_calibration_text(questions, *words) for words in CALIBRATION_TEXTS.items())))


def _calibration_text(questions: Sequence[QuestionFeedback], confidence: str, words: str) -> str:
    marks = [each.is_right for each in questions if each.confidence == confidence]
    if not marks:
        return ""
    hits = f"{sum(marks) or 'none'} of them right" if len(marks) > 1 else f"it {'right' if marks[0] else 'wrong'}"
    return words.format(len(marks), hits)
