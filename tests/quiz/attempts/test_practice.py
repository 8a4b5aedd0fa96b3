"""Retry and review: practice on what was missed, which changes no score and completes nothing."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from quiz.attempts.selectors import progress
from quiz.models import Answer, Attempt, Review
from tests.quiz.check_taker import LESSON, CheckTaker
from tests.quiz.fixtures import SMALL_BANK, question

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def asked(taker):
    return [each.id for each in taker.attempt.asked()]


def make_due(*names):
    Review.objects.filter(question__in=names).update(due_at=timezone.now() - DAY)


def days_until(name):
    return round((Review.objects.get(question=name).due_at - timezone.now()) / DAY)


def due_card(taker):
    return taker.client.get(taker.intro).content.decode()


@pytest.fixture
def missed(singly):
    """A check of which the first question was missed, the second guessed, the third known."""
    singly.answer(1, right=False)
    singly.answer(2, sure="guess")
    singly.answer(3)
    return singly


def test_a_retry_asks_a_sibling_of_each_missed_or_guessed_question(missed):
    retry = missed.start_practice("retry/")
    first, second = retry.attempt.asked()
    assert first.objective == 1
    assert first.id not in asked(missed)
    assert second.id == "order"  # the only one of its objective


def test_a_sibling_with_the_same_misconception_comes_first(db, write_bank):
    write_bank({**SMALL_BANK, "objectives": {1: "Tell them apart"}, "questions": SMALL_BANK["questions"][:3]})
    for _ in range(6):
        check = CheckTaker().start(pace="singly").answer_all(right=0)
        siblings = {"apart": ["sibling"], "sibling": ["apart"], "elsewhere": ["apart", "sibling"]}
        assert asked(check.start_practice("retry/"))[0] in siblings[asked(check)[0]]


def test_a_question_for_practice_only_is_asked_there(db, write_bank):
    questions = [question("asked", 1), question("trivia", 1, practice_only=True)]
    write_bank({**SMALL_BANK, "objectives": {1: "Tell them apart"}, "questions": questions})
    check = CheckTaker().start(pace="singly").answer_all(right=0)
    assert asked(check) == ["asked"]
    assert asked(check.start_practice("retry/")) == ["trivia"]


def test_a_retry_says_that_it_is_practice_and_touches_no_score(missed):
    before = progress(learner=missed.learner, lesson=LESSON)
    retry = missed.start_practice("retry/")
    assert "Practice: does not affect your score" in retry.result()
    retry.answer_all()
    assert "It does not affect your score, and completes no lesson." in retry.result()
    after = progress(learner=missed.learner, lesson=LESSON)
    assert (after.first, after.best, after.finished) == (before.first, before.best, before.finished)


def test_nothing_but_a_check_completes_a_lesson(missed):
    missed.start_practice("retry/").answer_all()
    make_due("order")
    missed.start_practice("review/").answer_all()
    assert all(attempt.right_count == attempt.question_count for attempt in Attempt.objects.exclude(purpose="check"))
    assert not any(attempt.has_passed for attempt in Attempt.objects.exclude(purpose="check"))
    assert "[started]" in missed.client.get(f"/lessons/{LESSON}/").content.decode()


def test_starting_a_retry_twice_gives_one(missed):
    assert missed.start_practice("retry/").url == missed.start_practice("retry/").url


def test_without_anything_missed_there_is_nothing_to_practise(singly):
    singly.answer_all()
    response = singly.client.post(singly.url + "retry/")
    assert response.status_code == 409
    assert "Nothing was missed or guessed" in response.content.decode()


def test_nobody_practises_anothers_attempt(missed):
    assert Client().post(missed.url + "retry/").status_code == 404


def test_what_was_wrong_or_guessed_is_due_after_a_day(missed):
    wrong, guessed, known = asked(missed)
    assert set(Review.objects.values_list("question", flat=True)) == {wrong, guessed}
    assert days_until(wrong) == days_until(guessed) == 1
    assert "due</strong>" not in due_card(missed)
    make_due(wrong, guessed)
    assert "2 questions are due</strong>" in due_card(missed)
    assert not Review.objects.filter(question=known).exists()


def test_the_card_shows_with_the_lesson_and_to_its_learner_alone(missed):
    make_due(*asked(missed))
    assert "2 questions are due" in missed.client.get(f"/lessons/{LESSON}/").content.decode()
    assert "due</strong>" not in Client().get(f"/lessons/{LESSON}/").content.decode()


def test_reviews_that_go_well_come_back_after_a_week_then_a_month_then_no_more(missed):
    for days in (7, 30):
        make_due("order")
        missed.start_practice("review/").answer_all()
        assert days_until("order") == days
    make_due("order")
    missed.start_practice("review/").answer_all()
    assert not Review.objects.filter(question="order").exists()


@pytest.mark.parametrize("badly", [{"right": 0}, {"sure": "guess"}])
def test_a_review_that_goes_badly_begins_again(missed, badly):
    Review.objects.filter(question="order").update(stage=2)
    make_due("order")
    missed.start_practice("review/").answer_all(**badly)
    assert Review.objects.get(question="order").stage == 0
    assert days_until("order") == 1


def test_a_right_answer_in_a_check_leaves_a_review_where_it_is(missed):
    make_due("order")
    CheckTaker(missed.client).start(pace="singly").answer_all()
    assert Review.objects.get(question="order").stage == 0
    assert "question is due" in due_card(missed) or "questions are due" in due_card(missed)


def test_a_review_asks_at_most_five_the_longest_due_first(singly, write_bank):
    singly.answer_all()
    many = [question(f"q{number}", 1) for number in range(7)]
    write_bank({**SMALL_BANK, "objectives": {1: "Tell them apart"}, "questions": many})
    for number in range(7):
        due_at = timezone.now() - number * DAY
        Review.objects.create(learner=singly.learner, lesson=LESSON, question=f"q{number}", due_at=due_at)
    review = singly.start_practice("review/")
    assert asked(review) == ["q6", "q5", "q4", "q3", "q2"]
    assert "Review: does not affect your score" in review.result()


def test_a_review_asks_in_the_words_that_the_bank_now_has(missed, write_bank):
    make_due("order")
    changed = [{**each, "version": 2, "prompt": f"Again: {each['prompt']}"} for each in SMALL_BANK["questions"]]
    write_bank({**SMALL_BANK, "questions": changed})
    review = missed.start_practice("review/")
    assert [(each.version, each.prompt) for each in review.attempt.asked()] == [(2, "Again: What about order?")]


OPEN = "Finish your open knowledge check first"


def test_practice_rests_while_a_check_is_open_and_would_show_its_answers(missed):
    make_due("order")
    practice = missed.start_practice("retry/")
    CheckTaker(missed.client).start()
    for begun in (missed.url + "retry/", missed.intro + "review/"):
        response = missed.client.post(begun)
        assert response.status_code == 409
        assert OPEN in response.content.decode()
    response = practice.answer(1)
    assert response.status_code == 409
    assert OPEN in response.content.decode()
    assert not practice.attempt.answers.exists()
    assert "due</strong>" not in due_card(missed)
    assert "Practise" not in missed.result()


def test_practice_goes_on_after_the_check(missed):
    make_due("order")
    practice = missed.start_practice("retry/")
    CheckTaker(missed.client).start(pace="singly").answer_all()
    practice.answer_all()
    assert practice.attempt.is_committed
    assert asked(missed.start_practice("review/")) == ["order"]
    assert "Practise" in missed.result()


def test_what_is_still_to_be_answered_is_not_practised_yet(missed):
    retry = missed.start_practice("retry/")
    response = retry.client.post(retry.url + "retry/")
    assert response.status_code == 409
    assert "not over yet" in response.content.decode()


def test_a_review_begun_before_the_question_was_missed_again_moves_nothing_on(missed):
    make_due("order")
    review = missed.start_practice("review/")
    check = CheckTaker(missed.client).start(pace="singly").answer_all(right=0)
    assert "order" in asked(check)
    review.answer_all()
    assert Review.objects.get(question="order").stage == 0
    assert days_until("order") == 1


def test_what_has_left_the_bank_is_dropped_in_silence(missed, write_bank):
    make_due(*asked(missed))
    write_bank(
        {**SMALL_BANK, "questions": [each for each in SMALL_BANK["questions"] if each["id"] != asked(missed)[0]]}
    )
    assert "1 question is due</strong>" in due_card(missed)
    assert asked(missed.start_practice("review/")) == ["order"]


def test_without_anything_due_there_is_no_review(singly):
    singly.answer_all()
    response = singly.client.post(singly.intro + "review/")
    assert response.status_code == 409
    assert "due for review just now" in response.content.decode()
    assert singly.client.post("/check/no-such-lesson/review/").status_code == 404


def test_a_sheet_and_its_reviews_are_kept_together_or_not_at_all(together, monkeypatch):
    monkeypatch.setattr("quiz.attempts.services.plan_reviews", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        together.send(together.form_data(right=1))
    assert not Answer.objects.exists()
    assert not together.attempt.is_committed
