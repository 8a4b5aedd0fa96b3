"""Questions are answered with quotes, kept for their learner alone, limited, and passed on without a name."""

import re
from dataclasses import replace

import pytest
from django.core.cache.backends.locmem import LocMemCache

from course import library
from course.ask import meaning, search, services
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
    assert 1 <= page.count("<blockquote") <= 3
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
    for n in range(services.OF_LEARNER):
        assert ask(client, f"{COVERED} {n}").status_code == 200
    response = client.post(ASK, {"question": "And again?"})
    assert response.status_code == 429
    assert "Wait a minute" in response.content.decode()
    assert 'value="And again?"' in response.content.decode()
    assert LearnerQuestion.objects.count() == services.OF_LEARNER


def test_learners_of_one_address_share_a_limit_that_the_operator_sets(client, settings):
    assert settings.ASK_PER_ADDRESS == 300
    settings.ASK_PER_ADDRESS = 4
    for _ in range(4):
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
        "id", "lesson", "section", "section_lesson", "text", "is_covered", "passed_on", "is_settled",
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


OTHER_LESSON = "sagas-compensable-pivot-retriable"


@pytest.fixture
def by_words(monkeypatch):
    monkeypatch.setattr(meaning, "is_installed", lambda: False)
    search._index.cache_clear()
    yield
    search._index.cache_clear()


@pytest.mark.parametrize(
    "question", ["Was ist der Unterschied zwischen Events?", "¿Por qué falla?", "サガとは何ですか", "Πώς;"]
)
def test_a_question_in_another_language_is_told_that_only_english_is_understood(client, by_words, question):
    page = ask(client, question).content.decode()
    assert "This box understands English only." in page
    assert "does not cover" not in page
    assert "Send it to the authors" not in page


@pytest.mark.parametrize("question", [NOT_COVERED, "Kafka partitions", "zxcvb qwerty", "?", "What is a una?"])
def test_an_english_question_is_never_taken_for_another_language(client, by_words, question):
    page = ask(client, question).content.decode()
    assert "English only" not in page


def test_what_falls_far_behind_the_best_passage_is_not_shown(client, by_words):
    page = ask(client, "was Cadence open-sourced as Temporal?").content.decode()
    assert page.count("<blockquote") == 1
    assert "It was not." in page
    result = search.search("was Cadence open-sourced as Temporal?", LESSON)
    assert len(result.found) == 3
    assert ask(client, "do the services couple to the orchestrator").content.decode().count("<blockquote") == 2


def test_a_row_shows_the_header_of_each_cell(client):
    page = ask(client, "what are the limits of express step functions").content.decode()
    assert "<dt>Limit of one execution</dt><dd>5 minutes</dd>" in page


def test_what_is_announced_and_what_is_answered_are_shown_with_the_quote(client):
    page = ask(client, "what are the countermeasures").content.decode()
    assert "<dt>What you do</dt><dd>Read again before you write; stop if it has changed</dd>" in page
    question = "The confirmation e-mail keeps failing. Will the customer get the money back?"
    page = client.post(f"/lessons/{OTHER_LESSON}/ask/", {"question": question}, follow=True).content.decode()
    assert page.index("again and again, after the courier is booked") < page.index("No. Past the pivot nothing")


NOTICE = "A check of this lesson is open. Answer from memory first, then look it up."


def test_while_a_check_is_open_the_answer_says_so(client):
    assert NOTICE not in ask(client, COVERED).content.decode()
    client.post(f"/check/{OTHER_LESSON}/")
    assert NOTICE not in ask(client, COVERED).content.decode()
    client.post(f"/check/{LESSON}/")
    page = ask(client, COVERED).content.decode()
    assert page.index(NOTICE) < page.index("<blockquote")


def test_no_model_is_asked_about_passages_of_another_lesson_whose_check_is_open(client, settings):
    settings.ASK_LLM_URL, settings.ASK_LLM_MODEL = "http://127.0.0.1:9/v1", "small"
    question = "is it cheap to undo the steps of a saga which come first, what is a retriable step"
    assert "data-model=" in ask(client, question).content.decode()
    quoted = ask(client, question).content.decode()
    assert f"/lessons/{OTHER_LESSON}/#" in quoted
    client.post(f"/check/{OTHER_LESSON}/")
    page = ask(client, question).content.decode()
    assert "data-model=" not in page
    assert NOTICE not in page


def test_a_question_that_is_asked_again_is_listed_once_as_the_newest(client):
    for question in (COVERED, NOT_COVERED, COVERED.upper()):
        ask(client, question)
    assert [one.text for one in LearnerQuestion.objects.order_by("-asked_at")] == [COVERED.upper(), NOT_COVERED]
    ask(type(client)(), COVERED)
    assert LearnerQuestion.objects.count() == 3


def test_only_the_newest_questions_of_a_learner_are_kept(client, monkeypatch):
    monkeypatch.setattr(services, "KEPT", 2)
    ask(type(client)(), COVERED)
    for question in ("One?", "Two?", "Three?"):
        ask(client, question)
    kept = LearnerQuestion.objects.order_by("asked_at").values_list("text", flat=True)
    assert list(kept) == [COVERED, "Two?", "Three?"]


def test_all_are_deleted_only_after_a_second_step(client):
    ask(client, COVERED)
    page = client.get("/lessons/questions/").content.decode()
    before, confirm = page.split('<details class="confirm">')
    assert 'action="/lessons/questions/delete/"' not in before
    assert "Yes, delete 1 question<" in confirm


def test_a_rating_brings_the_rating_alone(client):
    ask(client, COVERED)
    address = f"/lessons/questions/{LearnerQuestion.objects.get().pk}/rating/"
    page = client.post(address, {"rating": "helped"}, headers={"HX-Request": "true"}).content.decode()
    assert page.strip().startswith('<form class="rate"')
    assert 'value="helped" aria-pressed="true"' in page
    assert "<blockquote" not in page


def test_a_question_that_was_deleted_meanwhile_cannot_be_rated_and_says_so(client, monkeypatch):
    ask(client, COVERED)
    asked = LearnerQuestion.objects.get()
    address = f"/lessons/questions/{asked.pk}/rating/"
    monkeypatch.setattr(services, "rate", lambda question, rating: question.delete())  # between reading and writing
    assert client.post(address, {"rating": "helped"}).status_code == 404
    response = client.post(address, {"rating": "helped"}, headers={"HX-Request": "true"})
    assert response.status_code == 410
    assert "This question is gone" in response.content.decode()


def test_with_htmx_a_problem_goes_to_the_field(client):
    response = client.post(ASK, {"question": " "}, headers={"HX-Request": "true"})
    assert response["HX-Retarget"] == "#ask-problem"
    page = client.post(ASK, {"question": " "}).content.decode()
    assert page.index('id="question"') < page.index("Write your question first.") < page.index('id="ask-note"')


def test_the_nearest_section_is_kept_with_its_own_lesson(client):
    client.post(f"/lessons/{OTHER_LESSON}/ask/", {"question": "what is a dual write"})
    kept = LearnerQuestion.objects.get()
    known = {
        (lesson.slug, section.anchor) for lesson in library.current_course().lessons for section in lesson.sections
    }
    assert kept.lesson == OTHER_LESSON
    assert not kept.section_lesson or (kept.section_lesson, kept.section) in known


def test_authors_settle_questions_and_follow_them_to_their_places(admin_client, client):
    ask(client, NOT_COVERED)
    client.post(f"/lessons/questions/{LearnerQuestion.objects.get().pk}/rating/", {"pass-on": "yes"})
    passed = QuestionForAuthors.objects.get()
    place = "/admin/course/questionforauthors/"
    page = admin_client.get(place).content.decode()
    assert f'href="/lessons/{LESSON}/">Choreography vs Orchestration</a>' in page
    assert f"#{passed.section}" in page
    admin_client.post(place, {"action": "settle", "_selected_action": [passed.pk]})
    assert QuestionForAuthors.objects.get().is_settled
    assert NOT_COVERED not in admin_client.get(f"{place}?is_settled__exact=0").content.decode()
