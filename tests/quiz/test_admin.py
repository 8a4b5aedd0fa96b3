"""The authors' pages: who gets in, what they show and settle, and that no other page is touched by them."""

import re
import time
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from django.conf import settings as ours
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from quiz.models import Answer, Attempt, Report
from tests.quiz.attempt_rows import LESSON, create_attempt, create_finished_checks, ordering, single
from tests.quiz.authoring import page, signed_in
from tests.quiz.exchange.moodle_gift import read

pytestmark = pytest.mark.django_db
LIST = "/admin/quiz/askedquestion/"
DETAIL = f"{LIST}{LESSON}/1/one/"
PAGES = ("", "quiz/askedquestion/", "quiz/report/", "quiz/attempt/", "quiz/answer/")


@pytest.fixture(autouse=True)
def whole_site(settings):
    settings.ROOT_URLCONF = "config.urls"
    settings.QUIZ_TRACE = "sandbox.public.plan_traces.trace"


@pytest.fixture
def asked():
    """An attempt with a report on its first question, which was answered wrong and shown in the order b, a, c."""
    question = single("one")
    shown = type(question)(**{**vars(question), "options": tuple(question.options[at] for at in (1, 0, 2))})
    attempt = create_attempt([(shown, ("b",), "sure"), (ordering("order"), ("b", "a", "c"))])
    Report.objects.create(answer=attempt.answers.get(question="one"), text="Is <b> not right, too?")
    return attempt


def table(client, query=""):
    return page(client, f"{LIST}{query}").split('id="result_list"')[1].split("</table>")[0]


@pytest.mark.parametrize(
    "where",
    [
        *PAGES,
        DETAIL.removeprefix("/admin/"),
        f"quiz/askedquestion/{LESSON}.gift.txt",
        f"quiz/askedquestion/{LESSON}.moodle.xml",
    ],
)
def test_a_stranger_is_sent_to_the_sign_in(where, asked):
    learner = Client()
    learner.get(f"/check/{LESSON}/")
    response = learner.get(f"/admin/{where}")
    assert (response.status_code, response["Location"]) == (302, f"/admin/login/?next=/admin/{where}")


def test_who_is_signed_in_but_no_author_does_not_get_in(asked):
    client = signed_in("view_askedquestion")
    User.objects.update(is_staff=False)
    assert client.get(LIST).status_code == 302


@pytest.mark.parametrize("where", [LIST, DETAIL, f"{LIST}{LESSON}.gift.txt"])
def test_an_author_without_the_permission_sees_no_figures(where, asked):
    assert signed_in().get(where).status_code == 403
    User.objects.all().delete()
    assert signed_in("view_askedquestion").get(where).status_code == 200


def test_one_gets_in_with_name_and_password_and_the_session_stays_behind_the_door():
    User.objects.create_superuser("ann", password="figures-7-tell")
    client = Client()
    client.cookies["sessionid"] = "of another application on this host"
    response = client.post("/admin/login/", {"username": "ann", "password": "figures-7-tell", "next": LIST})
    assert response["Location"] == LIST
    cookie = response.cookies[ours.SESSION_COOKIE_NAME]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/admin/", True, "Lax")
    assert client.get(LIST).status_code == 200


@pytest.mark.parametrize("where", PAGES)
def test_the_strict_content_policy_holds_here_too(author, where):
    response = author.get(f"/admin/{where}")
    assert "script-src 'self'" in response["Content-Security-Policy"]
    text = response.content.decode()
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\bsrc=)", text)


@pytest.mark.parametrize("where", ["/lessons/", f"/lessons/{LESSON}/", f"/check/{LESSON}/", "/sandbox/", "/healthz"])
def test_a_learners_page_sets_no_session_and_asks_for_none(where):
    client = Client()
    client.cookies[ours.SESSION_COOKIE_NAME] = "x" * 32
    response = client.get(where)
    assert response.cookies.keys() <= {ours.LEARNER_COOKIE, ours.CSRF_COOKIE_NAME}
    assert not hasattr(response.wsgi_request, "session")
    assert not hasattr(response.wsgi_request, "user")


def test_the_list_shows_the_figures_and_says_why_to_look(author, asked):
    text = page(author, LIST)
    row = text.split(f'href="{DETAIL}"')[1].split("</tr>")[0]
    assert "reported once" in row
    assert "0 %" in row
    assert text.index(DETAIL) < text.index(f"{LIST}{LESSON}/1/order/")


def test_the_list_can_be_narrowed_to_a_lesson_and_to_what_is_asked_now(author, asked):
    create_attempt([(single("elsewhere"), ("a",))], lesson="another")
    assert "elsewhere" not in table(author, f"?lesson={LESSON}")
    assert "elsewhere" in table(author, "?lesson=another")
    assert DETAIL not in table(author, "?versions=current")


def test_a_question_shows_its_picks_its_paragraph_and_its_bank(author, asked):
    text = page(author, DETAIL)
    picked = text.split("Option b of one")[1].split("</tr>")[0]
    assert "100 %" in picked
    assert "wrong" in picked
    assert f'href="/lessons/{LESSON}/#choreography"' in text
    assert f"lessons/basics/{LESSON}/check.yaml" in text


def test_a_report_shows_what_was_before_the_learner_in_the_order_shown(author, asked):
    text = page(author, DETAIL).split("What learners report")[1]
    assert "Is <b> not right, too?" in text
    assert text.index("Option b") < text.index("picked") < text.index("Option a") < text.index("(right)")
    assert "knowledge check. Answered <strong>wrong</strong>, sure" in text
    assert b"Is &lt;b&gt; not" in author.get(DETAIL).content


def marked(question):
    """The question with markup in each of its texts."""
    options = tuple(replace(one, text=f"Pick `{one.id}`", why=f"Since `{one.id}`.") for one in question.options)
    return replace(question, prompt=f"{question.prompt} Of `acks` and **all**", options=options)


@pytest.mark.parametrize("make", [single, ordering])
def test_authors_read_the_words_of_a_text_and_not_its_markup(author, make):
    attempt = create_attempt([(marked(make("one")), ("b", "a", "c"))])
    answer = attempt.answers.get()
    report = Report.objects.create(answer=answer, text="Why?")
    for where in (LIST, DETAIL, f"/admin/quiz/answer/{answer.pk}/change/", f"/admin/quiz/report/{report.pk}/change/"):
        text = page(author, where)
        assert "`" not in text
        assert "**" not in text
    assert "Of acks and all" in page(author, LIST)
    assert "Pick b" in page(author, DETAIL)


def test_an_order_is_shown_with_the_commonest_wrong_ones(author, asked):
    rows = (
        page(author, f"{LIST}{LESSON}/1/order/").split('<tbody role="rowgroup">')[1].split("</tbody>")[0].split("</tr>")
    )
    assert re.findall(r"Step (\w)", rows[0]) == ["a", "b", "c"]
    assert re.findall(r"Step (\w)", rows[1]) == ["b", "a", "c"]
    assert "100 %" in rows[1]


@pytest.mark.parametrize("where", [f"{LIST}{LESSON}/2/one/", f"{LIST}none/1/one/", f"{LIST}none.gift.txt"])
def test_what_is_not_there_is_not_found(author, asked, where):
    assert author.get(where).status_code == 404


def test_a_report_is_settled_once_and_by_whom_is_kept(author, asked):
    report = Report.objects.get()
    settle = f"/admin/quiz/report/{report.pk}/settle/"
    assert author.get(settle).status_code == 405
    assert author.post(settle)["Location"] == f"{DETAIL}#reports"
    first = Report.objects.get().settled_at
    assert abs((timezone.now() - first).total_seconds()) < 60
    author.post(settle)
    assert Report.objects.get().settled_at == first
    assert "Settled." in page(author, f"/admin/quiz/report/{report.pk}/history/")
    assert "reported once" not in table(author)


def test_several_reports_are_settled_together(author, asked):
    Report.objects.create(answer=asked.answers.exclude(reports__isnull=False).first(), text="And this.")
    ids = list(Report.objects.values_list("pk", flat=True))
    author.post("/admin/quiz/report/", {"action": "settle", "_selected_action": ids}, follow=True)
    assert not Report.objects.filter(settled_at=None).exists()


def test_who_may_only_look_settles_nothing(asked):
    client = signed_in("view_report", "view_askedquestion")
    report = Report.objects.get()
    assert client.post(f"/admin/quiz/report/{report.pk}/settle/").status_code == 403
    client.post("/admin/quiz/report/", {"action": "settle", "_selected_action": [report.pk]})
    assert "Mark as settled" not in page(client, DETAIL)
    assert Report.objects.get().settled_at is None


def test_a_report_on_a_learners_own_run_can_be_read_and_settled_though_it_has_no_figures(author):
    answer = create_attempt([(single("own-run:7"), ("b",))]).answers.get()
    report = Report.objects.create(answer=answer, text="That never ran.")
    change = f"/admin/quiz/report/{report.pk}/change/"
    assert "Option b of own-run:7" in page(author, change)
    assert author.post(f"/admin/quiz/report/{report.pk}/settle/")["Location"] == change


@pytest.mark.parametrize("what", ["attempt", "answer", "report"])
def test_nobody_adds_changes_or_deletes_what_learners_gave(author, asked, what):
    model = {"attempt": Attempt, "answer": Answer, "report": Report}[what]
    before = list(model.objects.values())
    key = model.objects.first().pk
    assert author.get(f"/admin/quiz/{what}/{key}/change/").status_code == 200
    for act in ("add/", f"{key}/change/", f"{key}/delete/"):
        assert (
            author.post(f"/admin/quiz/{what}/{act}", {"text": "x", "is_right": "on", "post": "yes"}).status_code == 403
        )
    author.post(f"/admin/quiz/{what}/", {"action": "delete_selected", "_selected_action": [key], "post": "yes"})
    assert list(model.objects.values()) == before


def test_whose_an_attempt_is_stays_unsaid(author, asked):
    for where in ("attempt/", f"attempt/{asked.pk}/change/", "answer/", f"answer/{asked.answers.first().pk}/change/"):
        assert str(asked.learner) not in page(author, f"/admin/quiz/{where}")


def test_a_bank_can_be_taken_away(author):
    response = author.get(f"{LIST}{LESSON}.gift.txt")
    assert response["Content-Disposition"] == f'attachment; filename="{LESSON}.gift.txt"'
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    back = read(response.content.decode())
    assert len(back) >= 5
    assert f"http://testserver/lessons/{LESSON}/#" in back[0].feedback
    assert f'href="{LIST}{LESSON}.gift.txt"' in page(author, LIST)


def test_a_bank_can_be_taken_away_as_moodle_xml(author):
    response = author.get(f"{LIST}{LESSON}.moodle.xml")
    assert response["Content-Disposition"] == f'attachment; filename="{LESSON}.moodle.xml"'
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    assert len(ElementTree.fromstring(response.content).findall("question")) >= 10  # with the categories
    assert f'href="{LIST}{LESSON}.moodle.xml"' in page(author, LIST)


def test_ten_thousand_answers_are_counted_within_a_second(author):
    create_finished_checks(10_000)
    began = time.process_time()
    text = table(author)
    assert time.process_time() - began < 1
    assert text.count(">2000<") == 5
