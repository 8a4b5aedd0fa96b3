"""How a question does, against figures counted by hand and a second way of computing them."""

import random
import statistics
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quiz.analytics.item_statistics import MIN_ANSWERS, discrimination, item_statistics
from quiz.analytics.model import CountedAnswer
from quiz.analytics.selectors import Banks, items, read_banks
from quiz.bank.model import Bank, Kind
from quiz.models import Purpose, Report
from tests.quiz.attempt_rows import LESSON, create_attempt, ordering, single

A, B, C = ("a",), ("b",), ("c",)


@pytest.fixture(autouse=True)
def no_banks(settings, tmp_path):
    settings.LESSONS_DIR = tmp_path


def taken(is_right, rest=0.5, picks=A, confidence=""):
    return CountedAnswer(picks, is_right, confidence, rest)


def found(banks=None):
    return {item.question_version[1:]: item for item in items(banks or read_banks())}


def asking(*questions):
    return Banks({}, {LESSON: Bank(LESSON, "A lesson", {1: "Know it"}, questions)}, {})


# Thirty attempts: ten right with a mean rest of 0.8, twenty wrong with a mean rest of 0.5.
BY_HAND = [taken(True, 1.0)] * 6 + [taken(True, 0.5)] * 4 + [taken(False, 0.75)] * 8 + [taken(False, 1 / 3)] * 12


def test_discrimination_is_what_one_computes_by_hand():
    # Mean 0.6; squares: 6 * 0.16 + 4 * 0.01 + 8 * 0.0225 + 12 * (4/15)^2 = 2.033..., variance 0.067777...
    # r = (0.8 - 0.5) / sqrt(0.067777...) * sqrt(1/3 * 2/3) = 0.3 / 0.260341... * 0.471404... = 0.543214...
    assert discrimination(BY_HAND) == pytest.approx(0.543214, abs=1e-6)


@pytest.mark.parametrize("seed", range(20))
def test_discrimination_is_the_correlation_of_mark_and_rest(seed):
    rng = random.Random(seed)
    many = [taken(rng.random() < 0.6, rng.randrange(5) / 4) for _ in range(rng.randrange(MIN_ANSWERS, 200))]
    other_way = statistics.correlation([float(one.is_right) for one in many], [one.rest for one in many])
    assert discrimination(many) == pytest.approx(other_way, abs=1e-9)


@pytest.mark.parametrize(
    "few",
    [
        BY_HAND[1:],
        [taken(True, at / 40) for at in range(40)],
        [taken(at % 2 == 0, 0.75) for at in range(40)],
        [taken(at % 2 == 0, None) for at in range(40)],
        [],
    ],
    ids=["too few", "all right", "rests alike", "nothing else asked", "none"],
)
def test_where_there_is_nothing_to_tell_discrimination_says_so(few):
    assert discrimination(few) is None


def test_shares_are_counted_as_by_hand():
    said = ["sure"] * 4 + ["think"] * 2 + ["guess"] * 2 + [""] * 2
    marks = [True, False, False, True, True, False, True, False, True, True]
    counted = item_statistics(Kind.SINGLE, [taken(mark, confidence=how) for mark, how in zip(marks, said, strict=True)])
    assert (counted.answers, counted.difficulty) == (10, 0.6)
    assert (counted.confident_wrong, counted.confident_wrong_of_all) == (2 / 4, 2 / 10)
    assert counted.guessed == 2 / 8


def test_without_answers_there_are_no_shares():
    counted = item_statistics(Kind.SINGLE, [])
    assert {
        counted.difficulty,
        counted.confident_wrong,
        counted.confident_wrong_of_all,
        counted.guessed,
    } == {None}


def test_each_option_of_a_multiple_answer_is_counted():
    counted = item_statistics(
        Kind.MULTIPLE, [taken(True, picks=("a", "b")), taken(False, picks=("b", "c")), taken(False, picks=B)]
    )
    assert counted.picks == {"a": 1, "b": 3, "c": 1}


def test_the_commonest_wrong_order_comes_first_and_the_right_one_is_not_among_them():
    orders = ["abc", "bac", "cba", "bac", "abc"]
    counted = item_statistics(Kind.ORDERING, [taken(order == "abc", picks=tuple(order)) for order in orders])
    assert counted.wrong_orders == ((("b", "a", "c"), 2), (("c", "b", "a"), 1))
    assert counted.picks == {}


@pytest.mark.django_db
class TestWhatIsCounted:
    def test_versions_are_never_counted_together(self):
        create_attempt([(single("one", 1), A)])
        create_attempt([(single("one", 2), B)])
        assert {question_version: item.statistics.right for question_version, item in found().items()} == {
            ("one", 1): 1,
            ("one", 2): 0,
        }

    def test_lessons_are_never_counted_together(self):
        create_attempt([(single("one"), A)])
        create_attempt([(single("one"), B)], lesson="another")
        assert [item.statistics.answers for item in items(read_banks())] == [1, 1]

    @pytest.mark.parametrize("purpose", [Purpose.RETRY, Purpose.REVIEW])
    def test_practice_does_not_count(self, purpose):
        create_attempt([(single("one"), A)])
        create_attempt([(single("one"), B)], purpose=purpose)
        assert found()["one", 1].statistics.answers == 1

    def test_an_attempt_that_is_not_over_does_not_count(self):
        create_attempt([(single("one"), A)], is_over=False)
        assert found() == {}

    def test_only_a_learners_first_answer_counts(self):
        ann = uuid.uuid4()
        create_attempt([(single("one"), B)], learner=ann, at=2)
        create_attempt([(single("one"), A)], learner=ann, at=1)  # begun before, and answered after
        assert found()["one", 1].statistics.picks == {"b": 1}

    def test_who_met_a_question_in_another_version_has_read_its_key(self):
        ann = uuid.uuid4()
        create_attempt([(single("one", 1), B)], learner=ann)
        create_attempt([(single("one", 2), A)], learner=ann)
        assert ("one", 2) not in found()

    def test_who_practised_a_question_before_the_check_has_read_its_key(self):
        ann = uuid.uuid4()
        create_attempt([(single("one"), B)], learner=ann, purpose=Purpose.RETRY, at=1)
        create_attempt([(single("one"), A)], learner=ann, at=2)
        assert ("one", 1) not in found()

    def test_what_is_asked_about_a_learners_own_run_is_left_out(self):
        own = create_attempt([(single("own-run:7"), B), (single("one"), A)])
        Report.objects.create(answer=own.answers.get(question="own-run:7"), text="That never ran.")
        assert found().keys() == {("one", 1)}

    def test_the_rest_is_the_share_right_of_the_others_in_the_same_attempt(self):
        for at in range(40):
            mark = A if at % 4 else B
            create_attempt([(single("one"), mark), (single("two"), mark), (single("three"), A if at % 2 else B)])
        assert found()["one", 1].statistics.discrimination == pytest.approx(
            statistics.correlation(
                [bool(at % 4) for at in range(40)], [(bool(at % 4) + at % 2) / 2 for at in range(40)]
            )
        )

    def test_open_reports_count_wherever_they_were_made(self):
        answers = [create_attempt([(single("one"), A)], purpose=purpose).answers.get() for purpose in Purpose]
        for answer in answers:
            Report.objects.create(answer=answer, text="Hm.")
        Report.objects.create(answer=answers[0], text="Ah.", settled_at=answers[0].attempt.started_at)
        assert found()["one", 1].open_reports == 3

    def test_a_question_keeps_the_words_it_was_asked_with(self):
        create_attempt([(single("one"), A)])
        now = single("one", 2)
        counted = found(asking(now))
        assert counted["one", 1].question == single("one")
        assert counted["one", 2].statistics.answers == 0

    def test_the_version_that_the_bank_asks_is_current(self):
        create_attempt([(single("one", 1), A), (single("gone"), A)])
        counted = found(asking(single("one", 2)))
        assert {question_version for question_version, item in counted.items() if item.is_current} == {("one", 2)}

    def test_without_a_sound_bank_the_newest_version_is_current(self):
        for version in (1, 3, 2):
            create_attempt([(single("one", version), A)])
        assert [item.question_version.version for item in items(read_banks()) if item.is_current] == [3]

    def test_a_bank_being_fixed_does_not_hide_the_figures(self, settings):
        file = settings.LESSONS_DIR / "basics" / LESSON / "check.yaml"
        file.parent.mkdir(parents=True)
        file.write_text("title: [")
        create_attempt([(single("one"), A)])
        banks = read_banks()
        assert found(banks)["one", 1].statistics.answers == 1
        assert str(banks.problems[LESSON][0]).startswith(f"{file}:1: ")

    def test_ten_times_as_many_answers_take_no_more_queries(self):
        counts = []
        for many in (3, 30):
            for _ in range(many):
                create_attempt([(single("one"), A), (ordering("two"), ("a", "b", "c"))])
            with CaptureQueriesContext(
                connection,
            ) as queries:
                items(read_banks())
            counts.append(len(queries))
        assert counts == [3, 3]
