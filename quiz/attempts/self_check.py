"""Asks and marks the question at the end of a section. Nothing of it is kept, and it is never part of a mark."""

from dataclasses import replace
from random import Random

from quiz.attempts.feedback import QuestionFeedback, feedback_on
from quiz.attempts.selection import shuffled
from quiz.attempts.submission import Submission
from quiz.bank.answer_keys import with_keys
from quiz.bank.grading import is_right
from quiz.bank.model import Bank, Question
from quiz.models import Answer


def self_check_of(bank: Bank, section: str) -> tuple[int, Question] | None:
    """Returns the question at the end of the section, with its key, and its number in the bank; None where none is.

    Several can be open on one page; their numbers keep their fields apart. Nothing remembers what was shown, so a
    question's options are always in the same order, which is not that of the file.
    """
    question = bank.self_checks.get(section)
    if question is None:
        return None
    (known,) = with_keys(replace(bank, questions=(question,))).questions
    rng = Random(f"{question.id} {question.version}")  # noqa: S311  an order to show, and no secret
    return bank.questions.index(question) + 1, shuffled(known, rng)


def mark(question: Question, number: int, submission: Submission) -> QuestionFeedback:
    """Returns the feedback on an answer that is not kept."""
    answer = Answer(
        question=question.id,
        version=question.version,
        picks=list(submission.picks),
        given=submission.given,
        is_right=is_right(question, submission.picks),
    )
    return feedback_on(question, number, answer)
