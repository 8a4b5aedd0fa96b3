"""The result: what to read first, what to read again, how well one knew what one knew, and the way to see it run."""

import re
from html import unescape

import pytest

from quiz.attempts.feedback import calibration
from tests.quiz.check_taker import LESSON

pytestmark = pytest.mark.django_db


def answered(singly, *answers):
    for number, (right, sure) in enumerate(answers, start=1):
        singly.answer(number, right=right, sure=sure)
    return unescape(singly.result())


@pytest.mark.parametrize(
    ("answers", "order"),
    [
        ([(True, "sure"), (True, "guess"), (False, "sure")], ["3", "2", "1"]),
        ([(False, "think"), (True, "think"), (False, "sure")], ["3", "1", "2"]),
        ([(True, "sure"), (True, "sure"), (True, "sure")], ["1", "2", "3"]),
    ],
)
def test_what_one_was_sure_of_and_wrong_about_comes_first_under_its_own_number(singly, answers, order):
    assert re.findall(r'id="answer-(\d)"', answered(singly, *answers)) == order


def test_what_was_missed_is_to_be_read_again_each_paragraph_once(together):
    together.send(together.form_data(right=1))
    again = re.search(r'class="quiz-again">(.*?)</p>', together.result()).group(1)
    assert re.findall(r'href="([^"]+)">([^<]+)<', again) == [
        (f"/lessons/{LESSON}/#about-2", "About 2"),
        (f"/lessons/{LESSON}/#about-3", "About 3"),
    ]


def test_nothing_is_to_be_read_again_when_all_is_right(together):
    together.send(together.form_data(right=3))
    page = together.result()
    assert "Read again" not in page
    assert "Practise" not in page


def test_every_option_is_explained_and_the_confidence_is_reported(singly):
    page = answered(singly, (True, "guess"), (False, "sure"), (True, "think"))
    for question in singly.attempt.asked():
        assert all(option.why in page for option in question.options)
    assert [page.count(f"· you {words}") for words in ("guessed", "were sure", "thought so")] == [1, 1, 1]


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ([(True, "sure"), (False, "sure"), (True, "think")], "You were sure about 2, and got 1 of them right."),
        (
            [(False, "sure"), (False, "sure"), (True, "guess")],
            "got none of them right. You guessed 1, and got it right.",
        ),
        (
            [(True, "sure"), (False, "think"), (False, "guess")],
            "You were sure about 1, and got it right. You guessed 1, and got it wrong.",
        ),
    ],
)
def test_a_sentence_tells_how_far_one_can_trust_ones_confidence(singly, answers, says):
    assert says in answered(singly, *answers)


def test_nothing_is_said_of_confidence_where_nothing_was_said():
    assert calibration([]) == ""


def test_one_send_keeps_the_confidence_of_each_question_and_may_leave_it_out(together):
    together.send({**together.form_data(right=3), "confidence-2": "guess"})
    kept = dict(together.attempt.answers.values_list("question", "confidence"))
    assert sorted(kept.values()) == ["", "", "guess"]
    assert kept[together.question(2).id] == "guess"


def test_a_form_starts_the_run_that_shows_it_and_a_link_lets_one_change_it_first(together):
    together.send(together.form_data(right=3))
    page = unescape(together.result())
    form = re.search(r'<form method="post" action="/sandbox/start/">(.*?)</form>', page, re.DOTALL).group(1)
    sent = re.findall(r'type="hidden" name="([^"]+)" value="([^"]+)"', form)
    assert sent[0][0] == "csrfmiddlewaretoken"
    assert sent[1:] == [("style", "both"), ("fail", "charge-customer"), ("pace", "fast")]
    assert "Show me in the sandbox" in form
    assert 'href="/sandbox/?style=both&fail=charge-customer&pace=fast"' in page


NOT_COUNTED = "What you sent just now was not counted"


def test_answers_that_come_after_others_were_graded_are_shown_not_to_count(together):
    together.send(together.form_data(right=1))
    page = together.send(together.form_data(right=3)).content.decode()
    assert NOT_COUNTED in page
    assert "1 of 3</h1>" in page


def test_the_same_answers_sent_again_are_no_other_answers(together):
    together.send(together.form_data(right=1))
    assert NOT_COUNTED not in together.send(together.form_data(right=1)).content.decode()
    assert NOT_COUNTED in together.send({"question-1": "z"}).content.decode()
    assert NOT_COUNTED not in together.result()


def test_of_several_right_options_those_left_out_differ_from_those_picked(taker):
    number = taker.number_of("multiple")
    question = taker.question(number)
    letters = dict(zip((option.id for option in question.options), "abcd", strict=False))
    taker.send(taker.form_data(right=9) | {f"question-{number}": [letters[question.key[0]]]})
    page = taker.result()
    assert page.count("Right, but you left it out") == len(question.key) - 1


def test_the_order_of_the_result_is_explained_where_it_is_not_that_of_the_check(together):
    together.send(together.form_data(right=2))  # the third was wrong
    assert "comes first" in together.result()


def test_a_result_in_the_order_of_the_check_needs_no_words(together):
    together.send(together.form_data(right=3))
    assert "comes first" not in together.result()
