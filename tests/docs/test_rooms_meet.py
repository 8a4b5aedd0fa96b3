"""Where the rooms meet. That nothing points nowhere is for `checkcourse` to say."""

import gzip
import re
from pathlib import Path

import pytest
from django.test import Client

from quiz.bank.answer_keys import with_keys
from quiz.bank.loader import bank_files, bank_of, read_bank
from quiz.bank.model import Kind
from quiz.bank.own_run_questions import own_run_questions
from sandbox.definitions.terms import OPEN
from sandbox.models import DeliveryRow
from sandbox.services import RunSettings, start_run
from tests.sandbox.conftest import deliver

pytestmark = pytest.mark.django_db
BANKS = list(bank_files().values())
STATIC = Path(__file__).parents[2] / "static"


def ids(file):
    return file.parent.name


@pytest.fixture
def lesson():
    pages = {}

    def page(slug):
        if slug not in pages:
            response = Client().get(f"/lessons/{slug}/")
            assert response.status_code == 200
            pages[slug] = response.content.decode()
        return pages[slug]

    return page


@pytest.mark.parametrize("file", BANKS, ids=ids)
def test_every_trace_question_gets_its_key_from_the_real_engine(file):
    traced = [question for question in with_keys(read_bank(file)).questions if question.trace]
    assert traced
    for question in traced:
        right = [option.right for option in question.options].count(True)
        assert right == (len(question.options) if question.kind is Kind.ORDERING else 1), question.id


@pytest.mark.parametrize("file", BANKS, ids=ids)
def test_a_lesson_shows_its_check(file, lesson):
    assert f"/check/{file.parent.name}/" in lesson(file.parent.name)


@pytest.mark.parametrize("file", BANKS, ids=ids)
def test_the_questions_at_the_ends_of_sections_are_there_and_add_next_to_nothing_to_the_page(file, lesson):
    page, asked = lesson(file.parent.name), read_bank(file).self_checks
    assert 2 <= len(asked) <= 7
    without = re.sub(r'<details class="self-check".*?</details>\n', "", page)
    assert page.count('class="self-check"') == len(asked)
    assert compressed(page) - compressed(without) + compressed(styles()) - compressed(styles(leave_out="/quiz/")) < 1024
    for question in asked.values():
        assert question.prompt not in page


def compressed(text):
    return len(gzip.compress(text.encode()))


def styles(leave_out="nothing"):
    """Returns the styles of a lesson's page, as a browser gets them."""
    sheet = STATIC / "css/course/lesson-page.css"
    parts = [(sheet.parent / name).resolve() for name in re.findall(r'@import "(.+)";', sheet.read_text())]
    assert len(parts) > 10
    text = "".join(part.read_text() for part in parts if leave_out not in str(part))
    return re.sub(r"/\*.*?\*/\n*", "", text, flags=re.DOTALL)


def test_the_lesson_on_both_models_shows_both_plans(lesson):
    page = lesson("choreography-vs-orchestration")
    assert 'id="diagram-order-choreography"' in page
    assert 'id="diagram-order-orchestration"' in page


@pytest.fixture
def _without_broker(monkeypatch):
    """Sends nothing: the test delivers each message itself."""
    for module in ("outbox_relay", "notifications"):
        monkeypatch.setattr(f"sandbox.runtime.broker.{module}.send_commands", lambda commands: None)


@pytest.mark.usefixtures("_without_broker")
def test_the_check_asks_about_what_a_learner_has_run():
    bank = bank_of("choreography-vs-orchestration")
    assert bank.own_runs in bank.objectives
    learner = Client().get("/sandbox/").wsgi_request.learner
    assert own_run_questions(bank, learner, asked=()) == ()
    run = start_run(RunSettings(fail="schedule-fulfilment", pace="fast"), learner=learner)
    while delivery := DeliveryRow.objects.filter(run=run, state__in=OPEN).order_by("release_at", "pk").first():
        deliver(delivery.pk)
    questions = own_run_questions(bank, learner, asked=())
    assert questions
    for question in questions:
        assert question.objective == bank.own_runs
        assert question.run.startswith(f"/sandbox/runs/{run.pk}/")
