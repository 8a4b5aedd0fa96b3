"""What changes attempts."""

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from secrets import SystemRandom

from django.db import IntegrityError, transaction
from django.utils import timezone

from quiz.attempts.review_schedule import plan_reviews
from quiz.attempts.selection import History, least_asked, select_questions, shuffled
from quiz.attempts.selectors import due, history, needing_review, open_check
from quiz.bank.answer_keys import with_keys
from quiz.bank.grading import is_right
from quiz.bank.model import Bank, Question
from quiz.bank.own_run_questions import recalled
from quiz.bank.question_snapshot import to_json
from quiz.models import MOST_CHARACTERS, Answer, Attempt, Pace, Purpose, Report

MOST_DUE = 5
# How often a check asks about a run of the learner's own, where there is one to ask about.
OWN_RUN_CHANCE = 0.5


class SittingUnavailable(ValueError):
    """A sitting that is not to be had as things stand; the message says why to the learner."""


class BadReport(ValueError):
    """A report that cannot be kept; the message says what is allowed."""


def start_attempt(*, learner: str, bank: Bank, pace: Pace = Pace.TOGETHER) -> Attempt:
    """A new attempt with freshly drawn questions, or the learner's open one: starting twice gives one attempt.

    Raises BankError when a key of the bank cannot be computed.
    """
    if begun := open_check(learner=learner, lesson=bank.lesson):
        return begun
    dice, past = SystemRandom(), history(learner=learner, lesson=bank.lesson)
    own = recalled(bank, learner, asked=past.keys()) if dice.random() < OWN_RUN_CHANCE else ()
    drawn = select_questions(with_keys(bank), dice, history=past, own=own)
    return _sit_down(drawn, learner=learner, bank=bank, purpose=Purpose.CHECK, pace=pace)


def start_retry(*, attempt: Attempt, bank: Bank) -> Attempt:
    """Practice after a sitting: a sibling of each question that was missed or guessed. Raises NotNow."""
    missed, learner = needing_review(attempt), str(attempt.learner)
    _may_practise(learner, bank.lesson)
    if not attempt.is_committed:
        raise SittingUnavailable("That sitting is not over yet; answer all its questions first.")
    if not missed:
        raise SittingUnavailable("Nothing was missed or guessed in that sitting, so there is nothing to practise.")
    siblings = _siblings(missed, with_keys(bank), history(learner=learner, lesson=bank.lesson))
    return _sit_down(siblings, learner=learner, bank=bank, purpose=Purpose.RETRY, pace=Pace.SINGLY)


def start_review(*, learner: str, bank: Bank) -> Attempt:
    """A sitting of the questions that are longest due, as the bank now has them. Raises NotNow."""
    _may_practise(learner, bank.lesson)
    wanted = due(learner=learner, lesson=bank.lesson).get(bank.lesson, [])[:MOST_DUE]
    if not wanted:
        raise SittingUnavailable("None of your questions is due for review just now.")
    questions = {each.id: each for each in with_keys(bank).questions}
    dice = SystemRandom()
    asked = [shuffled(questions[name], dice) for name in wanted]
    return _sit_down(asked, learner=learner, bank=bank, purpose=Purpose.REVIEW, pace=Pace.SINGLY)


def _may_practise(learner: str, lesson: str) -> None:
    """Practice shows keys, and an open check may yet ask for them. Raises NotNow."""
    if open_check(learner=learner, lesson=lesson):
        raise SittingUnavailable("Finish your open knowledge check first: practice would show its answers.")


def _siblings(missed: Iterable[Question], bank: Bank, past: History) -> list[Question]:
    dice, found = SystemRandom(), dict[str, Question]()
    for question in missed:
        sibling = _sibling(question, bank, past, taken=found.keys() | {each.id for each in missed}, dice=dice)
        found[sibling.id] = shuffled(sibling, dice)
    return list(found.values())


def _sibling(question: Question, bank: Bank, past: History, *, taken: Iterable[str], dice: Random) -> Question:
    """Another question of the objective, one with the same misconception first; where there is none, the same one."""
    others = [each for each in bank.questions if each.objective == question.objective and each.id not in taken]
    fresh = least_asked(others, past, dice)
    fresh.sort(key=lambda each: not _misconceptions(each) & _misconceptions(question))
    now = [each for each in bank.questions if each.id == question.id]
    return next(iter((*fresh, *now)), question)


def _misconceptions(question: Question) -> set[str]:
    return {option.misconception for option in question.options if option.misconception}


def _sit_down(drawn: Sequence[Question], *, learner: str, bank: Bank, purpose: Purpose, pace: Pace) -> Attempt:
    """A new sitting with these questions, or the learner's open one for the same purpose."""
    try:
        with transaction.atomic():
            return Attempt.objects.create(
                learner=learner,
                lesson=bank.lesson,
                title=bank.title,
                purpose=purpose,
                pace=pace,
                questions=[to_json(question) for question in drawn],
                question_count=len(drawn),
            )
    except IntegrityError:
        begun = Attempt.objects.filter(learner=learner, lesson=bank.lesson, purpose=purpose, committed_at=None).first()
        # It may have ended a moment ago, and then there is room for another one.
        return begun or _sit_down(drawn, learner=learner, bank=bank, purpose=purpose, pace=pace)


def commit_answers(
    *, attempt: Attempt, picks: Mapping[str, Sequence[str]], confidence: Mapping[str, str] | None = None
) -> bool:
    """Grades the picks (question id to option ids) for good; the last question that is answered ends the attempt.

    A question that was answered before keeps its answer. False, and no change, when that is so for all of them.
    Raises NotNow for practice while a check of the lesson is open.
    """
    with transaction.atomic():
        if attempt.is_practice:
            _may_practise(str(attempt.learner), attempt.lesson)
        locked = Attempt.objects.select_for_update().get(pk=attempt.pk)
        known = set(locked.answers.values_list("question", flat=True))
        asked = [each for each in locked.asked() if each.id in picks and each.id not in known]
        answers = [_graded(locked, each, picks[each.id], (confidence or {}).get(each.id, "")) for each in asked]
        Answer.objects.bulk_create(answers)
        plan_reviews(locked, answers, now=timezone.now())
        if answers and len(known) + len(answers) == locked.question_count:
            _end(locked)
    return bool(answers)


def _graded(attempt: Attempt, question: Question, picks: Sequence[str], confidence: str) -> Answer:
    return Answer(
        attempt=attempt,
        question=question.id,
        version=question.version,
        picks=list(picks),
        is_right=is_right(question, picks),
        confidence=confidence,
    )


def _end(attempt: Attempt) -> None:
    attempt.right_count = attempt.answers.filter(is_right=True).count()
    attempt.committed_at = timezone.now()
    attempt.save(update_fields=["right_count", "committed_at"])


def report_problem(*, answer: Answer, text: str) -> Report:
    """Keeps what a learner says of a question, in place of an open report of the same answer. Raises BadReport."""
    said = text.replace("\r\n", "\n").strip()
    if not said:
        raise BadReport(f"Say what is wrong, in 1 to {MOST_CHARACTERS} characters.")
    if len(said) > MOST_CHARACTERS:
        raise BadReport(f"That is {len(said)} characters; at most {MOST_CHARACTERS} are allowed.")
    return Report.objects.update_or_create({"text": said}, answer=answer, settled_at=None)[0]
