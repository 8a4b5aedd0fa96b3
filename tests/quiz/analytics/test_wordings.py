"""A question that was changed under its old version: nothing is mixed in silence, and no pick is lost."""

import re
from dataclasses import replace
from html import unescape

import pytest

from quiz.analytics.flags import flags_of
from quiz.analytics.selectors import Banks, items, read_banks
from quiz.bank.model import Bank
from quiz.models import Purpose, Report
from tests.quiz.attempt_rows import LESSON, create_attempt, ordering, single

pytestmark = pytest.mark.django_db
NOW = single("one")
OTHER_WORDS = "was asked in other words"


@pytest.fixture(autouse=True)
def no_banks(settings, tmp_path):
    settings.LESSONS_DIR = tmp_path


def renamed(question, old, new):
    options = tuple(replace(each, id=new) if each.id == old else each for each in question.options)
    return replace(question, options=options)


def only_item(now=NOW):
    banks = Banks({}, {LESSON: Bank(LESSON, "A lesson", {1: "Know it"}, (now,))}, {})
    (item,) = items(banks)
    return item


def flag_texts(item):
    return [flag.word for flag in flags_of(item)]


def answer_with(question, picks):
    for pick in picks:
        create_attempt([(question, tuple(pick))])


@pytest.mark.parametrize(
    "before",
    [
        replace(NOW, prompt="What of one?"),
        renamed(NOW, "c", "d"),
        replace(NOW, options=NOW.options[:2]),
        replace(NOW, options=(replace(NOW.options[0], text="Other"), *NOW.options[1:])),
        replace(
            NOW, options=(replace(NOW.options[0], right=False), replace(NOW.options[1], right=True), NOW.options[2])
        ),
    ],
    ids=["prompt", "name of an option", "number of options", "text of an option", "key"],
)
def test_a_change_without_a_new_version_is_reported(before):
    answer_with(before, "ab")
    answer_with(NOW, "a")
    assert flag_texts(only_item()) == [OTHER_WORDS]
    assert [(each.question, each.answers) for each in only_item().other_wordings] == [(before, 2)]


@pytest.mark.parametrize(
    "before",
    [
        NOW,
        replace(NOW, options=NOW.options[::-1]),
        replace(NOW, prompt=" What  about\none?"),
        replace(NOW, paragraph="elsewhere", sandbox="style=choreography", objective=2),
        replace(NOW, options=tuple(replace(each, why="Another reason.") for each in NOW.options)),
    ],
    ids=["nothing", "order shown", "white space", "where it leads", "reasons"],
)
def test_what_does_not_change_the_question_is_no_change(before):
    answer_with(before, "aab")
    assert flag_texts(only_item()) == []
    assert only_item().other_wordings == ()


def test_a_new_version_is_no_change_within_one():
    answer_with(single("one", 2), "a")
    assert [item.other_wordings for item in items(read_banks())] == [()]


def test_what_is_asked_now_is_shown_with_the_words_of_the_bank():
    answer_with(replace(NOW, prompt="What of one?"), "a")
    assert only_item().question == NOW


def test_without_a_bank_the_newest_words_are_shown():
    answer_with(replace(NOW, prompt="What of one?"), "aa")
    answer_with(NOW, "a")
    (item,) = items(read_banks())
    assert (item.question, [each.answers for each in item.other_wordings]) == (NOW, [2])


def test_the_picks_of_options_that_are_gone_are_kept_so_that_shares_come_to_all():
    answer_with(renamed(NOW, "c", "d"), "d" * 35 + "a" * 15)
    answer_with(NOW, "a" * 45 + "b" * 5)
    item = only_item()
    assert [(option.id, times) for option, times, _ in (*item.options, *item.removed_options)] == [
        ("a", 60), ("b", 5), ("c", 0), ("d", 35),
    ]  # fmt: skip
    assert sum(share for *_, share in (*item.options, *item.removed_options)) == pytest.approx(1)


def test_an_option_is_not_called_idle_while_not_all_had_it_before_them():
    answer_with(renamed(NOW, "c", "d"), "d" * 80)
    answer_with(NOW, "a" * 80)
    assert "has an idle option" not in flag_texts(only_item())


def test_steps_that_are_gone_are_still_named_in_the_wrong_orders():
    now = ordering("one")
    create_attempt([(renamed(now, "c", "d"), ("b", "a", "d"))])
    assert only_item(now).wrong_orders == ((("Step b", "Step a", "Step c"), 1, 1.0),)


def test_only_words_that_an_answer_counts_for_are_held_against_the_version():
    create_attempt([(replace(NOW, prompt="Practised?"), ("a",))], purpose=Purpose.RETRY)
    create_attempt([(replace(NOW, prompt="Not over?"), ("a",))], is_over=False)
    assert only_item().other_wordings == ()


def test_what_was_only_reported_has_the_words_that_were_reported():
    practised = create_attempt([(replace(NOW, prompt="Practised?"), ("a",))], purpose=Purpose.RETRY)
    Report.objects.create(answer=practised.answers.get(), text="Hm.")
    (item,) = items(read_banks())
    assert (item.question.prompt, item.other_wordings) == ("Practised?", ())


def test_an_older_version_does_not_ask_to_be_fixed():
    answer_with(replace(NOW, prompt="What of one?"), "a")
    answer_with(NOW, "a")
    create_attempt([(single("one", 2), ("a",))])
    older = next(item for item in items(read_banks()) if item.question_version.version == 1)
    assert older.other_wordings
    assert flag_texts(older) == []


def test_the_page_shows_the_other_words_and_what_was_picked_of_them(author):
    answer_with(replace(renamed(NOW, "c", "d"), prompt="What of <one>?"), "da")
    answer_with(NOW, "a")
    raw = author.get(f"/admin/quiz/askedquestion/{LESSON}/1/one/").content.decode()
    text = unescape(re.sub(r"\s+", " ", raw))
    assert "What of &lt;one&gt;?" in raw
    assert "Other words under this version" in text
    removed_options = text.split("no longer on offer; it was wrong")[1].split("</tr>")[0]
    assert "33 %" in removed_options
    assert OTHER_WORDS in text
