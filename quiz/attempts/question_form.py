"""Describes questions for a page that asks them, without their keys."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase

from quiz.attempts.own_run import OwnRun, own_run
from quiz.attempts.submission import Submission, confidence_name, field_name
from quiz.bank.model import Confidence, Kind, Question
from quiz.bank.typed_answers import MAX_LENGTH

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
    """A question to answer. `trouble` says what is missing; `confidence` and `given` hold what was said before."""

    number: int
    prompt: str
    kind: Kind
    options: tuple[BlankOption, ...]
    trouble: str = ""
    confidence: str = ""
    given: str = ""
    unit: str = ""
    own_run: OwnRun | None = None

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
    def is_typed(self) -> bool:
        return self.kind.is_typed

    @property
    def is_number(self) -> bool:
        return self.kind is Kind.NUMBER

    @property
    def longest(self) -> int:
        return MAX_LENGTH

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
    said = submission or Submission()
    options = () if question.kind.is_typed else tuple(_options(question, said))
    # Once every item has its own place, the items are shown in that order.
    if question.kind is Kind.ORDERING and said.picks:
        options = tuple(sorted(options, key=lambda option: option.place))
    return BlankQuestion(
        number,
        question.prompt,
        question.kind,
        options,
        trouble=said.trouble,
        confidence=said.confidence,
        given=said.given,
        unit=question.unit,
        own_run=own_run(question),
    )


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
