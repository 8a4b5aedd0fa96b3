"""What authors read: the same words on the pages and in the docs, and no share of a handful."""

import re
from pathlib import Path

import pytest

from quiz.analytics.flags import MIN_SURE_ANSWERS
from quiz.analytics.item_statistics import MIN_ANSWERS, item_statistics
from quiz.analytics.model import CountedAnswer
from quiz.bank.model import Kind
from quiz.templatetags.authors_tags import NO_VALUE, wrong_when_sure
from tests.quiz.attempt_rows import LESSON, create_attempt, ordering, single
from tests.quiz.authoring import page

DOCS = Path(__file__).resolve().parents[3] / "docs/authoring.md"
LIST = "/admin/quiz/askedquestion/"
DETAIL = f"{LIST}{LESSON}/1/one/"


@pytest.fixture
def author(author, settings):
    settings.QUIZ_TRACE = "sandbox.public.plan_traces.trace"
    create_attempt([(single("one"), ("a",), "sure"), (ordering("two"), ("b", "a", "c"), "sure")])
    return author


def statistics_of(sure, wrong):
    return item_statistics(Kind.SINGLE, [CountedAnswer(("a",), at >= wrong, "sure", None) for at in range(sure)])


def documented():
    table = DOCS.read_text(encoding="utf-8").split("| figure | what it says |")[1].split("\n\n")[0]
    return re.findall(r"^\| ([A-Z][\w ]+?) \|", table, re.MULTILINE)


def headings(text):
    return set(
        re.findall(
            r'<th role="columnheader" scope="col"[^>]*>(?:<div class="text"><span>)?([\w ]+)<',
            text.split('id="content-main"')[1],
        )
    )


@pytest.mark.parametrize(
    ("sure", "wrong", "says"),
    [
        (0, 0, NO_VALUE),
        (1, 1, "1 of 1"),
        (7, 5, "5 of 7"),
        (MIN_SURE_ANSWERS, 2, f"20 % of {MIN_SURE_ANSWERS}"),
        (400, 1, "0 % of 400"),
    ],
)
def test_how_many_were_sure_is_always_said_and_few_make_no_share(sure, wrong, says):
    assert wrong_when_sure(statistics_of(sure, wrong)) == says


def test_pages_and_docs_call_each_figure_the_same_and_explain_it(author):
    explained = re.findall(r"<dt>([\w ]+)</dt><dd>", page(author, DETAIL).split("What the figures mean")[1])
    assert documented() == explained


def test_every_figure_in_a_table_is_explained_on_its_page(author):
    known = {*documented(), "Question", "Look, because it", "Option", "Share", "Version", "Order"}
    for where in (LIST, DETAIL):
        text = page(author, where)
        assert headings(text) <= known
        assert headings(text) & set(documented()) <= set(re.findall(r"<dt>([\w ]+)</dt>", text))


@pytest.mark.parametrize("where", [LIST, DETAIL])
def test_the_page_says_which_answers_count(author, where):
    assert "first answers in finished checks" in page(author, where)


def test_what_the_page_and_the_docs_say_of_few_answers_is_so(author):
    for text in (page(author, LIST), DOCS.read_text(encoding="utf-8")):
        assert f"hown from {MIN_ANSWERS} answers on" in text
        assert {10: "below ten such answers"}[MIN_SURE_ANSWERS] in text


def test_a_handful_of_sure_answers_is_shown_as_numbers(author):
    for where in (LIST, DETAIL):
        assert "0 of 1" in page(author, where)


@pytest.mark.parametrize("where", [LIST, DETAIL, f"{LIST}{LESSON}/1/two/"])
def test_where_a_row_becomes_a_card_each_figure_is_named_as_its_column(author, where):
    for table in re.findall(r"<table.*?</table>", page(author, where).split('id="content-main"')[1]):
        columns = [re.sub(r"<[^>]+>", "", each) for each in re.findall(r"<th [^>]*scope=.col.*?</th>", table)]
        rows = [each for each in table.split('<tr role="row">')[2:] if "colspan" not in each]
        assert rows
        for row in rows:
            assert re.findall(r'<td role="cell" data-label="([^"]+)"', row) == columns[1:]
