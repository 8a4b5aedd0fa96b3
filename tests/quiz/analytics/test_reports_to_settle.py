"""Reports in an author's list: short, the open ones first, settled and opened again."""

import pytest
from django.utils import timezone

from quiz.models import Report
from tests.quiz.attempt_rows import LESSON, create_attempt, single
from tests.quiz.authoring import signed_in

pytestmark = pytest.mark.django_db
LIST = "/admin/quiz/report/"
DETAIL = f"/admin/quiz/askedquestion/{LESSON}/1/one/"


@pytest.fixture
def answer():
    return create_attempt([(single("one"), ("b",))]).answers.get()


@pytest.fixture
def settled(answer):
    return Report.objects.create(answer=answer, text="The second one holds, too.", settled_at=timezone.now())


def rows(client, query=""):
    text = client.get(f"{LIST}{query}").content.decode()
    return text.split('id="result_list"')[1].split("</table>")[0] if "result_list" in text else ""


def said(response):
    return [str(message) for message in response.context["messages"]]


def test_what_is_open_comes_without_asking_and_the_rest_by_its_name(author, answer, settled):
    Report.objects.create(answer=answer, text="Nor is the first.")
    shown = {query: rows(author, query) for query in ("", "?state=settled", "?state=all")}
    assert ["second" in text for text in shown.values()] == [False, True, True]
    assert ["first" in text for text in shown.values()] == [True, False, True]


def test_the_filter_is_called_by_what_it_does(author, settled):
    text = author.get(LIST).content.decode().split('id="changelist-filter"')[1]
    assert [text.index(f">{name}</a>") for name in ("Open", "Settled", "All")]
    assert "mpty" not in text
    assert 'class="selected"' in text.split(">Open</a>")[0]


def test_a_long_report_is_short_in_the_list_and_whole_on_its_page(author, answer):
    report = Report.objects.create(answer=answer, text="word\n" * 190 + "end")
    row = rows(author)
    assert "word word" in row
    assert row.count("word") < 40
    assert "end" in author.get(f"{LIST}{report.pk}/change/").content.decode().split("author-said")[1].split("</p>")[0]


@pytest.mark.parametrize("where", ["detail", "change"])
def test_a_settled_report_has_a_button_that_opens_it_again(author, settled, where):
    address = {"detail": DETAIL, "change": f"{LIST}{settled.pk}/change/"}[where]
    page = author.get(address).content.decode()
    assert f'formaction="{LIST}{settled.pk}/reopen/"' in page
    assert "Mark as settled" not in page
    assert author.post(f"{LIST}{settled.pk}/reopen/")["Location"] == f"{DETAIL}#reports"
    assert Report.objects.get().settled_at is None
    assert f'formaction="{LIST}{settled.pk}/settle/"' in author.get(address).content.decode()
    assert "Opened again." in author.get(f"{LIST}{settled.pk}/history/").content.decode()


def test_a_report_stays_settled_while_a_newer_one_of_the_same_answer_is_open(author, answer, settled):
    newer = Report.objects.create(answer=answer, text="Still.")
    response = author.post(f"{LIST}{settled.pk}/reopen/", follow=True)
    assert "a newer report of the same answer is open. Settle that first." in said(response)[0]
    assert list(Report.objects.filter(settled_at=None)) == [newer]
    assert "Opened again." not in author.get(f"{LIST}{settled.pk}/history/").content.decode()


def test_several_are_opened_again_together_and_those_that_cannot_be_are_named(author, answer, settled):
    Report.objects.create(answer=answer, text="Still.")
    other = create_attempt([(single("two"), ("b",))]).answers.get()
    free = Report.objects.create(answer=other, text="Unclear.", settled_at=timezone.now())
    form = {"action": "reopen", "_selected_action": [settled.pk, free.pk]}
    messages = said(author.post(f"{LIST}?state=settled", form, follow=True))
    assert sorted("opened again" in message for message in messages) == [False, True]
    assert any("The second one holds" in message for message in messages)
    assert Report.objects.filter(settled_at=None, pk__in=[settled.pk, free.pk]).get() == free


def test_what_is_open_is_not_opened_again(author, answer):
    report = Report.objects.create(answer=answer, text="Hm.")
    assert said(author.post(f"{LIST}{report.pk}/reopen/", follow=True)) == []


def test_who_may_only_look_opens_nothing(settings, settled):
    settings.ROOT_URLCONF = "config.urls"
    client = signed_in("view_report", "view_askedquestion")
    assert client.post(f"{LIST}{settled.pk}/reopen/").status_code == 403
    assert "Open again" not in client.get(DETAIL).content.decode()
    assert Report.objects.get().settled_at is not None


def test_a_report_is_opened_again_by_a_form_only(author, settled):
    assert author.get(f"{LIST}{settled.pk}/reopen/").status_code == 405
