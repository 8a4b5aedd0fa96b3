"""What a learner says is wrong with a question is kept with the answer that it is about."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection
from django.test import Client
from django.utils import timezone

from quiz.models import Report

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def url(singly):
    singly.answer(1, right=False)
    return f"/check/answers/{singly.attempt.answers.get().pk}/report/"


def test_each_marked_question_has_a_form_for_it(singly, url):
    assert f'action="{url}"' in singly.page(1)
    assert "Report a problem" in singly.page(1)


def test_a_report_is_kept_and_thanked_for(singly, url):
    page = singly.client.post(url, {"text": "  The second\r\noption holds, too. \0"}, follow=True)
    assert page.redirect_chain == [(url, 302)]
    assert "Thank you." in page.content.decode()
    report = Report.objects.get()
    assert report.text == "The second\noption holds, too."
    assert (report.answer.question, report.answer.version) == (singly.question(1).id, 1)


def test_until_a_report_is_settled_what_is_said_again_takes_its_place(singly, url):
    for text in ("It is ambiguous.", "It is ambiguous.", "The second option holds, too."):
        singly.client.post(url, {"text": text})
    assert Report.objects.get().text == "The second option holds, too."
    Report.objects.update(settled_at=timezone.now())
    singly.client.post(url, {"text": "It is ambiguous still."})
    assert Report.objects.count() == 2


def test_no_second_open_report_of_an_answer_can_be_kept(singly, url):
    singly.client.post(url, {"text": "It is ambiguous."})
    with pytest.raises(IntegrityError):
        Report.objects.create(answer=Report.objects.get().answer, text="It is ambiguous.")


def test_of_several_open_reports_an_older_version_kept_the_newest_stays_open(singly, url):
    singly.client.post(url, {"text": "Old"})
    one = Report.objects.get()
    module = import_module("quiz.migrations.0004_one_open_report")
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX one_open_report")
    Report.objects.create(answer=one.answer, text="New")
    module.settle_all_but_the_newest(apps, None)
    assert [(each.text, each.settled_at is None) for each in Report.objects.order_by("pk")] == [
        ("Old", False),
        ("New", True),
    ]


def test_for_htmx_the_thanks_take_the_place_of_the_form(singly, url):
    page = singly.client.post(url, {"text": "It is <b>ambiguous</b>."}, **HTMX).content.decode()
    assert "<html" not in page
    assert "<form" not in page
    assert "&lt;b&gt;ambiguous&lt;/b&gt;" in page
    assert 'hx-swap-oob="innerHTML">Thank you. Your report is kept.</div>' in page


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "in 1 to 1000 characters"),
        (" \n\0", "in 1 to 1000 characters"),
        ("x" * 1001, "That is 1001 characters; at most 1000"),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_is_no_report_is_reported_and_kept_on_the_page(singly, url, text, says, headers):
    response = singly.client.post(url, {"text": text}, **headers)
    assert response.status_code == 422
    assert says in response.content.decode()
    assert "x" * 1001 in response.content.decode() or len(text) < 1001
    assert not Report.objects.exists()


def test_a_report_of_a_thousand_characters_and_many_lines_is_kept(singly, url):
    singly.client.post(url, {"text": "x" * 499 + "\r\n" + "y" * 500})
    assert len(Report.objects.get().text) == 1000


@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_reports_on_anothers_answer(singly, url, method):
    response = getattr(Client(), method)(url, {"text": "Mine!"})
    assert response.status_code == 404
    assert "You have no answer at this address." in response.content.decode()
    assert singly.client.post(f"/check/answers/{10**30}/report/", {"text": "Mine!"}).status_code == 404
    assert not Report.objects.exists()
