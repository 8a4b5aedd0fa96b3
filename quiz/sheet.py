"""An attempt as a page shows it: a blank sheet that knows no key, and a marked one.

The form names questions by number and options by letter, in the order shown, so no id of the bank reaches the browser.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_lowercase

from quiz.records import Kind, Question

Picks = dict[str, tuple[str, ...]]


class TamperedAnswerError(ValueError):
    """The form came back with something that it never offered."""


@dataclass(frozen=True)
class BlankOption:
    letter: str
    text: str
    is_picked: bool


@dataclass(frozen=True)
class BlankQuestion:
    number: int
    field: str
    prompt: str
    is_multiple: bool
    options: tuple[BlankOption, ...]
    is_missing: bool


@dataclass(frozen=True)
class MarkedOption:
    text: str
    why: str
    is_right: bool
    is_picked: bool


@dataclass(frozen=True)
class MarkedQuestion:
    number: int
    prompt: str
    paragraph: str
    sandbox: str
    is_right: bool
    options: tuple[MarkedOption, ...]


def field_name(number: int) -> str:
    return f"question-{number}"


def _read(question: Question, number: int, letters: Sequence[str]) -> tuple[str, ...]:
    offered = dict(zip(ascii_lowercase, (option.id for option in question.options), strict=False))
    if any(letter not in offered for letter in letters):
        raise TamperedAnswerError(
            f"Question {number} offers no such option. Nothing was graded; go back and pick again."
        )
    if question.kind is Kind.SINGLE and len(letters) > 1:
        raise TamperedAnswerError(f"Question {number} takes one option. Nothing was graded; go back and pick again.")
    return tuple(dict.fromkeys(offered[letter] for letter in letters))


def read_picks(questions: Sequence[Question], form: Mapping[str, Sequence[str]]) -> Picks:
    """Question id to picked option ids, empty where nothing was picked.

    `form` holds a list of letters under each field. Raises TamperedAnswerError with a sentence for the learner.
    """
    return {
        question.id: _read(question, number, form.get(field_name(number), []))
        for number, question in enumerate(questions, start=1)
    }


def blank_sheet(questions: Sequence[Question], picks: Picks | None = None) -> tuple[BlankQuestion, ...]:
    """The questions to answer. With `picks`, these are kept and what is still open is marked as missing."""
    return tuple(
        BlankQuestion(
            number=number,
            field=field_name(number),
            prompt=question.prompt,
            is_multiple=question.kind is Kind.MULTIPLE,
            options=_blank_options(question, (picks or {}).get(question.id, ())),
            is_missing=picks is not None and not picks[question.id],
        )
        for number, question in enumerate(questions, start=1)
    )


def _blank_options(question: Question, picked: Collection[str]) -> tuple[BlankOption, ...]:
    return tuple(
        BlankOption(letter, option.text, option.id in picked)
        for letter, option in zip(ascii_lowercase, question.options, strict=False)
    )


def marked_sheet(
    questions: Sequence[Question], picks: Mapping[str, Collection[str]], marks: Mapping[str, bool]
) -> tuple[MarkedQuestion, ...]:
    """The questions with the learner's picks, the marks given then, and every option's reason."""
    return tuple(
        MarkedQuestion(
            number=number,
            prompt=question.prompt,
            paragraph=question.paragraph,
            sandbox=question.sandbox,
            is_right=marks[question.id],
            options=tuple(
                MarkedOption(option.text, option.why, bool(option.right), option.id in picks[question.id])
                for option in question.options
            ),
        )
        for number, question in enumerate(questions, start=1)
    )
