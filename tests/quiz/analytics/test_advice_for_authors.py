"""Authors see in the admin what could be fairer, and what learners write that nobody expected."""

import pytest

from tests.quiz.authoring import content
from tests.quiz.check_taker import LESSON, CheckTaker
from tests.quiz.fixtures import TYPED_BANK, numeric, typed

pytestmark = pytest.mark.django_db
LIST = "/admin/quiz/askedquestion/"


@pytest.fixture
def unfair(write_bank):
    questions = [typed("name", 1, asks="why", prompt="Which of these is not it?"), *TYPED_BANK["questions"][1:]]
    write_bank({**TYPED_BANK, "questions": questions})


def test_a_remark_on_style_is_listed_and_is_no_error(author, unfair):
    page = content(author, LIST)
    assert "1 remark on style. It stops nothing." in page
    assert "question 'name': prompt turns on 'not'; ask for what does hold" in page
    assert "errornote" not in page


def test_a_question_shows_the_remarks_on_it_and_on_no_other(author, unfair):
    assert "prompt turns on 'not'" in content(author, f"{LIST}{LESSON}/1/name/")
    assert "prompt turns on 'not'" not in content(author, f"{LIST}{LESSON}/1/count/")


def test_a_fair_bank_has_no_remarks(author, typed_bank):
    assert "on style" not in content(author, LIST)


@pytest.fixture
def written(typed_bank):
    """Three finished checks, with two answers to the first question that the author did not expect."""
    for text in ("Never mind", "never-mind!", "alo"):
        taker = CheckTaker().start()
        taker.send(taker.form_data(right=3) | {"question-1": text})


def test_what_nobody_expected_is_counted_once_for_all_its_spellings(author, written):
    page = content(author, f"{LIST}{LESSON}/1/name/")
    row = page.split("not expected")[0].rpartition("<tr")[2] + page.split("not expected")[1].split("</tr>")[0]
    assert "Never mind" in row
    assert ">2<" in row
    assert page.count("not expected") == 1


def test_an_accepted_answer_is_counted_with_the_one_that_it_matches(author, written):
    page = content(author, f"{LIST}{LESSON}/1/name/")
    row = page.split("ALO<br>")[1].split("</tr>")[0]
    assert ">1<" in row


def test_an_answer_is_shown_as_it_was_written(author, written):
    assert "Never mind" in content(author, "/admin/quiz/answer/")


def test_a_changed_tolerance_is_another_wording(author, typed_bank, write_bank):
    taker = CheckTaker().start()
    taker.send(taker.form_data(right=3))
    raw = numeric("count", 2)
    raw["options"][0] |= {"tolerance": 20, "text": "200 ± 10.5 ms"}
    write_bank({**TYPED_BANK, "questions": [TYPED_BANK["questions"][0], raw, TYPED_BANK["questions"][2]]})
    assert "was asked in other words" in content(author, f"{LIST}{LESSON}/1/count/")
