"""Questions as a page asks them: a blank sheet, which knows no key."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase

from quiz.attempts.submission import Submission, confidence_name, field_name
from quiz.bank.model import Confidence, Kind, Question

SAID = {Confidence.GUESS: "I guess", Confidence.THINK: "I think so", Confidence.SURE: "I am sure"}


@dataclass(frozen=True)
class BlankOption:
    """`place` is the one that was chosen in an ordering question, 0 for none yet."""

    letter: str
    text: str
    is_picked: bool
    place: int = 0


@dataclass(frozen=True)
class BlankQuestion:
    """`trouble` says what is missing; `confidence` is what was said before, or empty."""

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
        """What one can say of one's confidence: value, words, and whether it was said."""
        return [(value.value, words, value == self.confidence) for value, words in SAID.items()]


def blank(question: Question, number: int, reply: Submission | None = None) -> BlankQuestion:
    """The question to answer. With a `reply`, what was chosen is kept, and what is missing is told."""
    given = reply or Submission()
    options = tuple(_options(question, given))
    # Once all items have places of their own, they stand in these.
    if question.kind is Kind.ORDERING and given.picks:
        options = tuple(sorted(options, key=lambda option: option.place))
    return BlankQuestion(number, question.prompt, question.kind, options, given.trouble, given.confidence)


def blank_sheet(
    questions: Iterable[Question], submissions: Mapping[str, Submission] | None = None
) -> tuple[BlankQuestion, ...]:
    """All the questions to answer, numbered from 1."""
    known = submissions or {}
    return tuple(blank(question, number, known.get(question.id)) for number, question in enumerate(questions, start=1))


def _options(question: Question, reply: Submission) -> Iterator[BlankOption]:
    for letter, option in zip(ascii_lowercase, question.options, strict=False):
        yield BlankOption(letter, option.text, option.id in reply.picks, reply.places.get(option.id, 0))


def missing(questions: Sequence[BlankQuestion]) -> list[BlankQuestion]:
    """The questions that lack something."""
    return [question for question in questions if question.trouble]
