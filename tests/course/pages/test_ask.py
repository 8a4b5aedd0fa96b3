"""Questions are answered with quotes, kept for their learner alone, limited, and passed on without a name."""

import re
from dataclasses import replace

import pytest
from django.core.cache.backends.locmem import LocMemCache

from course import library
from course.ask import services
from course.models import LearnerQuestion, QuestionForAuthors
from quiz.models import Attempt
from tests.quiz.attempt_rows import create_attempt, single

pytestmark = pytest.mark.django_db
LESSON = "choreography-vs-orchestration"
ASK = f"/lessons/{LESSON}/ask/"
COVERED, NOT_COVERED = "What is a transactional outbox?", "How many partitions should a Kafka topic have?"


@pytest.fixture(autouse=True)
def _nobody_has_asked():
    services.caches["limits"].clear()


def ask(client, question, **headers):
    return client.post(ASK, {"question": question}, follow=True, headers=headers)


def test_an_answer_is_quotes_with_links_to_their_passages(client):
    response = ask(client, COVERED)
    page = response.content.decode()
    assert response.redirect_chain[0][0].startswith("/lessons/questions/")
    assert page.count("<blockquote") >= 3
    assert "transactional outbox" in page
    assert re.search(rf'href="/lessons/{LESSON}/#[\w-]+"', page)
    assert "does not cover" not in page


def test_what_the_lesson_does_not_cover_gets_no_quote_and_a_guess(client):
    page = ask(client, NOT_COVERED).content.decode()
    assert "This lesson does not cover that." in page
    assert "<blockquote" not in page
    assert "The nearest section may be" in page
    assert LearnerQuestion.objects.get().is_covered is False


def test_with_htmx_only_the_answer_comes_and_it_is_announced(client):
    page = client.post(ASK, {"question": COVERED}, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert 'id="status" hx-swap-oob="innerHTML"' in page


@pytest.mark.parametrize(
    ("question", "why"),
    [("  ", "Write your question first."), ("x" * 301, "That is 301 characters; a question has at most 300.")],
)
def test_what_is_no_question_is_said_and_nothing_is_kept(client, question, why):
    response = client.post(ASK, {"question": question})
    assert response.status_code == 422
    assert why in response.content.decode()
    assert not LearnerQuestion.objects.exists()


def test_who_asks_too_often_is_asked_to_wait_and_keeps_their_question(client):
    for _ in range(services.OF_LEARNER):
        assert ask(client, COVERED).status_code == 200
    response = client.post(ASK, {"question": "And again?"})
    assert response.status_code == 429
    assert "Wait a minute" in response.content.decode()
    assert 'value="And again?"' in response.content.decode()
    assert LearnerQuestion.objects.count() == services.OF_LEARNER


def test_learners_of_one_address_share_a_limit(client):
    for _ in range(services.OF_ADDRESS):
        assert type(client)().post(ASK, {"question": NOT_COVERED}).status_code == 302
    assert client.post(ASK, {"question": COVERED}).status_code == 429
    assert client.post(ASK, {"question": COVERED}, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_a_limit_whose_time_is_over_just_now_stops_nobody(client, monkeypatch):
    monkeypatch.setattr(LocMemCache, "add", lambda *_: False)
    assert client.post(ASK, {"question": COVERED}).status_code == 302


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://[", "//testserver", "http://testserver.evil"]
)
def test_a_page_of_another_site_cannot_ask(client, origin):
    assert client.post(ASK, {"question": COVERED}, headers={"Origin": origin}).status_code == 403
    assert not LearnerQuestion.objects.exists()


def test_pages_of_this_site_and_of_trusted_ones_can_ask(client, settings):
    settings.CSRF_TRUSTED_ORIGINS = ["https://course.example"]
    for origin in ("http://testserver", "https://testserver", "https://course.example"):
        assert client.post(ASK, {"question": COVERED}, headers={"Origin": origin}).status_code == 302


def test_a_question_is_data(client):
    page = ask(client, "<script>alert(1)</script> outbox {{ settings.SECRET_KEY }}").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; outbox {{ settings.SECRET_KEY }}" in page


def test_only_the_learner_sees_their_questions_and_can_delete_them(client, django_user_model):
    ask(client, COVERED)
    ask(client, NOT_COVERED)
    first, second = LearnerQuestion.objects.order_by("asked_at")
    stranger = type(client)()
    assert stranger.get(f"/lessons/questions/{first.pk}/").status_code == 404
    assert stranger.post(f"/lessons/questions/{first.pk}/delete/").status_code == 404
    assert COVERED not in stranger.get("/lessons/questions/").content.decode()
    assert COVERED in client.get("/lessons/questions/").content.decode()
    client.post(f"/lessons/questions/{first.pk}/delete/")
    assert LearnerQuestion.objects.get() == second
    client.post("/lessons/questions/delete/")
    assert not LearnerQuestion.objects.exists()


REASON = "You have answered a question about this"


@pytest.fixture
def answered(client):
    ask(client, COVERED)
    learner = LearnerQuestion.objects.get().learner
    create_attempt([(replace(single("outbox"), prompt=COVERED), ["b"])], learner=learner)


def test_the_reason_of_a_question_that_the_learner_has_answered_comes_with_the_answer(client, answered):
    page = ask(client, COVERED).content.decode()
    assert REASON in page
    assert "Because a." in page
    assert "Because b." not in page
    assert REASON not in ask(client, "Who notices that a message is lost?").content.decode()
    assert REASON not in ask(type(client)(), COVERED).content.decode()


def test_while_a_check_is_open_no_reason_is_told(client, answered):
    client.post(f"/check/{LESSON}/")
    page = ask(client, COVERED).content.decode()
    assert "<blockquote" in page
    assert REASON not in page


def test_a_question_is_passed_on_once_without_a_trace_of_who_asked(client):
    ask(client, NOT_COVERED)
    asked = LearnerQuestion.objects.get()
    assert not QuestionForAuthors.objects.exists()
    for _ in range(2):
        client.post(f"/lessons/questions/{asked.pk}/rating/", {"pass-on": "yes"})
    passed = QuestionForAuthors.objects.get()
    assert (passed.text, passed.lesson, passed.section) == (NOT_COVERED, LESSON, asked.section)
    assert {field.name for field in passed._meta.fields} == {
        "id", "lesson", "section", "text", "is_covered", "passed_on",
    }  # fmt: skip
    client.post("/lessons/questions/delete/")
    assert QuestionForAuthors.objects.exists()


def test_an_answer_is_rated_and_a_wrong_word_changes_nothing(client):
    ask(client, COVERED)
    asked = LearnerQuestion.objects.get()
    for rating, kept in (("helped", "helped"), ("did-not-help", "did-not-help"), ("great", "did-not-help")):
        client.post(f"/lessons/questions/{asked.pk}/rating/", {"rating": rating})
        asked.refresh_from_db()
        assert asked.rating == kept


def test_authors_see_what_was_passed_on_by_section(admin_client, client):
    ask(client, NOT_COVERED)
    client.post(f"/lessons/questions/{LearnerQuestion.objects.get().pk}/rating/", {"pass-on": "yes"})
    assert NOT_COVERED in admin_client.get("/admin/course/questionforauthors/").content.decode()


def test_a_lesson_without_a_word_answers_nothing_and_does_not_fail(client, folder):
    folder.lesson(text="## Why\n")
    folder.glossary("{}")
    page = client.post("/lessons/outbox/ask/", {"question": "Why?"}, follow=True).content.decode()
    assert "This lesson does not cover that." in page
    assert "nearest section" not in page


def test_the_list_of_questions_looks_once_at_the_lessons_however_long_it_is(client, monkeypatch):
    ask(client, COVERED)
    learner, looks = LearnerQuestion.objects.get().learner, []
    LearnerQuestion.objects.create(learner=learner, lesson="gone", text="Still?", section="", is_covered=False)
    seen = library.fingerprint
    monkeypatch.setattr(library, "fingerprint", lambda root: looks.append(root) or seen(root))
    page = client.get("/lessons/questions/").content.decode()
    assert COVERED in page
    assert "gone" in page
    assert len(looks) == 1


def test_a_lesson_that_there_is_not_says_so(client):
    assert client.get("/lessons/nothing/ask/").status_code == 404


def test_a_lesson_can_be_cached_although_it_ends_with_a_form(client):
    client.get(f"/lessons/{LESSON}/")
    page = client.get(f"/lessons/{LESSON}/")
    assert 'id="question"' in page.content.decode()
    assert "csrfmiddlewaretoken" not in page.content.decode()
    assert page["ETag"]


@pytest.fixture
def model_address(client, settings):
    settings.ASK_LLM_URL, settings.ASK_LLM_MODEL = "http://127.0.0.1:9/v1", "small"
    ask(client, COVERED)
    return f"/lessons/questions/{LearnerQuestion.objects.get().pk}/model/"


def test_what_a_model_says_comes_uncompressed_since_browsers_read_only_the_first_part_of_it(client, model_address):
    response = client.get(model_address, headers={"Accept-Encoding": "gzip"})
    assert (response.status_code, response["Content-Encoding"]) == (200, "identity")


def test_a_model_is_asked_as_often_as_a_question_and_not_more(client, model_address):
    statuses = [client.get(model_address).status_code for _ in range(services.OF_LEARNER + 1)]
    assert statuses == [200] * services.OF_LEARNER + [429]
    assert client.post(ASK, {"question": COVERED}).status_code == 302


def test_a_check_that_was_opened_meanwhile_keeps_a_model_from_being_asked(client, model_address):
    client.post(f"/check/{LESSON}/")
    responses = [client.get(model_address) for _ in range(services.OF_LEARNER + 1)]
    assert {response.status_code for response in responses} == {200}  # none of them was counted


def test_a_model_is_not_asked_about_a_lesson_that_is_gone(client, model_address):
    LearnerQuestion.objects.update(lesson="gone")
    assert client.get(model_address).status_code == 404


def test_while_a_check_is_open_no_model_is_asked(client, settings):
    settings.ASK_LLM_URL, settings.ASK_LLM_MODEL = "http://127.0.0.1:9/v1", "small"
    assert "data-model=" in ask(client, COVERED).content.decode()
    learner = LearnerQuestion.objects.get().learner
    client.post(f"/check/{LESSON}/")
    assert Attempt.objects.filter(learner=learner, committed_at=None).exists()
    assert "data-model=" not in ask(client, COVERED).content.decode()


def test_a_quote_of_the_glossary_names_its_term_and_the_glossary_once(client):
    page = ask(client, "What is a tombstone?").content.decode()
    place = page.split("In the glossary:")[1].split("</p>")[0]
    assert ">tombstone</a>" in place
    assert "Glossary" not in place
