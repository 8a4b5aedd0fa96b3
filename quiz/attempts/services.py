"""Starts attempts, grades answers, and keeps learners' reports."""

from collections.abc import Iterable, Mapping, Sequence
from random import Random
from secrets import SystemRandom

from django.db import IntegrityError, transaction
from django.utils import timezone

from quiz.attempts.review_schedule import plan_reviews
from quiz.attempts.selection import History, least_asked, select_questions, shuffled
from quiz.attempts.selectors import due, history, needing_review, open_check, other_pace
from quiz.bank.answer_keys import with_keys
from quiz.bank.grading import is_right
from quiz.bank.model import Bank, Question
from quiz.bank.own_run_questions import own_run_questions
from quiz.bank.question_snapshot import to_json
from quiz.models import MAX_REPORT_LENGTH, Answer, Attempt, AttemptPace, Purpose, Report

MAX_REVIEW_QUESTIONS = 5
# The probability that a check asks about a run of the learner's own, if there is a suitable one.
OWN_RUN_CHANCE = 0.5


class AttemptUnavailable(ValueError):
    """An attempt that cannot be started or continued now; the message tells the learner why."""


class BadReport(ValueError):
    """A report that cannot be kept; the message says what is allowed."""


def start_attempt(*, learner: str, bank: Bank, pace: AttemptPace | None = None) -> Attempt:
    """Starts a check, all at once unless told otherwise, or returns the learner's open one.

    Starting twice gives one attempt, which takes the other pace while it has no answer.
    Now and then a question about a run of the learner's own comes last; it is not part of the mark. Raises ContentError
    when a key of the bank cannot be computed.
    """
    if existing := open_check(learner=learner, lesson=bank.lesson):
        return _at_pace(existing, pace)
    rng, past = SystemRandom(), history(learner=learner, lesson=bank.lesson)
    own = own_run_questions(bank, learner, asked=past.keys()) if rng.random() < OWN_RUN_CHANCE else ()
    drawn = select_questions(with_keys(bank), rng, history=past)
    extra = [shuffled(rng.choice(own), rng)] if own else []
    pace = pace or AttemptPace.TOGETHER
    return _create_attempt([*drawn, *extra], learner=learner, bank=bank, purpose=Purpose.CHECK, pace=pace)


def _at_pace(attempt: Attempt, pace: AttemptPace | None) -> Attempt:
    """Returns the open attempt, at this pace where it still can be."""
    with transaction.atomic():
        locked = Attempt.objects.select_for_update().get(pk=attempt.pk)
        if pace and pace == other_pace(locked) and not locked.is_committed:
            locked.pace = pace
            locked.save(update_fields=["pace"])
    return locked


def start_retry(*, attempt: Attempt, bank: Bank) -> Attempt:
    """Starts practice with a sibling of each question that was missed or guessed. Raises AttemptUnavailable."""
    missed, learner = needing_review(attempt), str(attempt.learner)
    _require_no_open_check(learner, bank.lesson)
    if not attempt.is_committed:
        raise AttemptUnavailable("That attempt is not over yet; answer all its questions first.")
    if not missed:
        raise AttemptUnavailable("Nothing was missed or guessed in that attempt, so there is nothing to practise.")
    siblings = _siblings(missed, with_keys(bank), history(learner=learner, lesson=bank.lesson))
    return _create_attempt(siblings, learner=learner, bank=bank, purpose=Purpose.RETRY, pace=AttemptPace.SINGLY)


def start_review(*, learner: str, bank: Bank) -> Attempt:
    """Starts a review of the questions that are longest due, as the bank has them now. Raises AttemptUnavailable."""
    _require_no_open_check(learner, bank.lesson)
    wanted = due(learner=learner, lesson=bank.lesson).get(bank.lesson, [])[:MAX_REVIEW_QUESTIONS]
    if not wanted:
        raise AttemptUnavailable("None of your questions is due for review just now.")
    questions = {each.id: each for each in with_keys(bank).questions}
    rng = SystemRandom()
    asked = [shuffled(questions[name], rng) for name in wanted]
    return _create_attempt(asked, learner=learner, bank=bank, purpose=Purpose.REVIEW, pace=AttemptPace.SINGLY)


def _require_no_open_check(learner: str, lesson: str) -> None:
    """Raises AttemptUnavailable while a check is open: practice would show its keys."""
    if open_check(learner=learner, lesson=lesson):
        raise AttemptUnavailable("Finish your open knowledge check first: practice would show its answers.")


def _siblings(missed: Iterable[Question], bank: Bank, past: History) -> list[Question]:
    rng, found = SystemRandom(), dict[str, Question]()
    for question in missed:
        sibling = _sibling(question, bank, past, taken=found.keys() | {each.id for each in missed}, rng=rng)
        found[sibling.id] = shuffled(sibling, rng)
    return list(found.values())


def _sibling(question: Question, bank: Bank, past: History, *, taken: Iterable[str], rng: Random) -> Question:
    """Returns another question of the objective, first one with the same misconception; else the same question."""
    others = [each for each in bank.questions if each.objective == question.objective and each.id not in taken]
    fresh = least_asked(others, past, rng)
    fresh.sort(key=lambda each: not _misconceptions(each) & _misconceptions(question))
    now = [each for each in bank.questions if each.id == question.id]
    return next(iter((*fresh, *now)), question)


def _misconceptions(question: Question) -> set[str]:
    return {option.misconception for option in question.options if option.misconception}


def _create_attempt(
    drawn: Sequence[Question], *, learner: str, bank: Bank, purpose: Purpose, pace: AttemptPace
) -> Attempt:
    """Creates an attempt with these questions, or returns the learner's open one for the same purpose."""
    try:
        with transaction.atomic():
            return Attempt.objects.create(
                learner=learner,
                lesson=bank.lesson,
                title=bank.title,
                purpose=purpose,
                pace=pace,
                questions=[to_json(question) for question in drawn],
                question_count=sum(question.counts for question in drawn),
            )
    except IntegrityError:
        existing = Attempt.objects.filter(
            learner=learner, lesson=bank.lesson, purpose=purpose, committed_at=None
        ).first()
        # If the open one has ended in the meantime, a new one can be created.
        return existing or _create_attempt(drawn, learner=learner, bank=bank, purpose=purpose, pace=pace)


def commit_answers(
    *,
    attempt: Attempt,
    picks: Mapping[str, Sequence[str]],
    confidence: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
) -> bool:
    """Grades the picks (question id to option ids) for good; the last answer ends the attempt.

    `given` are the typed answers, by question id.

    A question that was answered before keeps its answer. Returns False when all of them were answered before, or the
    attempt has ended.
    Raises AttemptUnavailable for practice while a check of the lesson is open.
    """
    with transaction.atomic():
        if attempt.is_practice:
            _require_no_open_check(str(attempt.learner), attempt.lesson)
        locked = Attempt.objects.select_for_update().get(pk=attempt.pk)
        if locked.is_committed:
            return False
        known = set(locked.answers.values_list("question", flat=True))
        asked = [each for each in locked.asked() if each.id in picks and each.id not in known]
        answers = [
            _grade(locked, each, picks[each.id], (confidence or {}).get(each.id, ""), (given or {}).get(each.id, ""))
            for each in asked
        ]
        Answer.objects.bulk_create(answers)
        plan_reviews(locked, answers, now=timezone.now())
        if answers and len(known) + len(answers) == locked.asked_count:
            _end(locked)
    return bool(answers)


def end_attempt(*, attempt: Attempt) -> None:
    """Ends an attempt with the answers that it has. Whatever is not answered is not right; one that has ended stays."""
    with transaction.atomic():
        locked = Attempt.objects.select_for_update().get(pk=attempt.pk)
        if not locked.is_committed:
            _end(locked)


def _grade(attempt: Attempt, question: Question, picks: Sequence[str], confidence: str, given: str) -> Answer:
    return Answer(
        attempt=attempt,
        question=question.id,
        version=question.version,
        picks=list(picks),
        is_right=is_right(question, picks),
        confidence=confidence,
        given=given,
    )


def _end(attempt: Attempt) -> None:
    counted = [question.id for question in attempt.asked() if question.counts]
    attempt.right_count = attempt.answers.filter(is_right=True, question__in=counted).count()
    attempt.committed_at = timezone.now()
    attempt.save(update_fields=["right_count", "committed_at"])


def report_problem(*, answer: Answer, text: str) -> Report:
    """Keeps a learner's report, in place of an open one about the same answer. Raises BadReport."""
    said = text.replace("\r\n", "\n").strip()
    if not said:
        raise BadReport(f"Say what is wrong, in 1 to {MAX_REPORT_LENGTH} characters.")
    if len(said) > MAX_REPORT_LENGTH:
        raise BadReport(f"That is {len(said)} characters; at most {MAX_REPORT_LENGTH} are allowed.")
    return Report.objects.update_or_create({"text": said}, answer=answer, settled_at=None)[0]
