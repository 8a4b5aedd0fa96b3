"""Describes questions for a page that asks them, without their keys."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase

from quiz.attempts.submission import Submission, confidence_name, field_name
from quiz.bank.model import Confidence, Kind, Question

CONFIDENCE_TEXTS = {Confidence.GUESS: "I guess", Confidence.THINK: "I think so", Confidence.SURE: "I am sure"}


@dataclass(frozen=True)
class BlankOption:
    """An option to pick. `place` is the one chosen in an ordering question, 0 for none yet."""

    letter: str
    text: str
    is_picked: bool
    place: int = 0


@dataclass(frozen=True)
class BlankQuestion:
    """A question to answer. `trouble` says what is missing; `confidence` is what was chosen before, or ""."""

    number: int
    prompt: str
    kind: Kind
    options: tuple[BlankOption, ...]
    trouble: str = ""
    confidence: str = ""

    @property
    def field(self) -> str:
        return field_name(self.number)

    @property
    def confidence_field(self) -> str:
        return confidence_name(self.number)

    @property
    def is_multiple(self) -> bool:
        return self.kind is Kind.MULTIPLE

    @property
    def is_ordering(self) -> bool:
        return self.kind is Kind.ORDERING

    @property
    def places(self) -> range:
        """The places that its items can take."""
        return range(1, len(self.options) + 1)

    @property
    def confidences(self) -> list[tuple[str, str, bool]]:
        """The choices of confidence: value, words, and whether it is chosen."""
        return [(value.value, words, value == self.confidence) for value, words in CONFIDENCE_TEXTS.items()]


def blank(question: Question, number: int, submission: Submission | None = None) -> BlankQuestion:
    """Returns the question to answer. A `submission` adds what was chosen, and says what is missing."""
    given = submission or Submission()
    options = tuple(_options(question, given))
    # Once every item has its own place, the items are shown in that order.
    if question.kind is Kind.ORDERING and given.picks:
        options = tuple(sorted(options, key=lambda option: option.place))
    return BlankQuestion(number, question.prompt, question.kind, options, given.trouble, given.confidence)


def blank_questions(
    questions: Iterable[Question], submissions: Mapping[str, Submission] | None = None
) -> tuple[BlankQuestion, ...]:
    """Returns all the questions to answer, numbered from 1."""
    known = submissions or {}
    return tuple(blank(question, number, known.get(question.id)) for number, question in enumerate(questions, start=1))


def _options(question: Question, submission: Submission) -> Iterator[BlankOption]:
    for letter, option in zip(ascii_lowercase, question.options, strict=False):
        yield BlankOption(letter, option.text, option.id in submission.picks, submission.places.get(option.id, 0))


def incomplete_questions(questions: Sequence[BlankQuestion]) -> list[BlankQuestion]:
    """Returns the questions whose answer is incomplete."""
    return [question for question in questions if question.trouble]
