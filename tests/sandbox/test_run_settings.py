"""One schema of a run's settings: one entry is in the address, the form, the command line, the row and the engine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.http import QueryDict

from sandbox.definitions.settings import DEFAULTS, SETTINGS, InvalidValue, RunSettings
from sandbox.models import Run
from sandbox.pages.setup.form import SetupForm
from sandbox.run_settings import check_settings, with_valid_values
from sandbox.runtime.storage.runs import run_state_of

ROOT = Path(__file__).resolve().parents[2]
CHOSEN = RunSettings(
    saga="order-hybrid",
    style="orchestration",
    fail="schedule-fulfilment",
    pace="step",
    quantity=3,
    undo="parallel",
    fault=("charge-customer:transient=2@2", "order:lost"),
    without=("inbox", "outbox"),
    experiment="outbox",
)


def test_every_setting_is_other_than_usual_in_the_example():
    assert all(getattr(CHOSEN, name) != DEFAULTS[name] for name in SETTINGS)


def test_an_address_says_all_that_was_chosen():
    address = SetupForm.showing(CHOSEN).address()
    assert with_valid_values({name: QueryDict(address).getlist(name) for name in SETTINGS}) == CHOSEN


@pytest.mark.django_db
def test_a_row_and_the_engine_know_all_that_was_chosen():
    Run(started_at=0.0).apply_settings(CHOSEN).save()
    run = Run.objects.get()
    assert run.run_settings == CHOSEN
    assert run_state_of(run).settings == CHOSEN


def test_a_row_from_before_a_setting_existed_has_its_default():
    assert RunSettings.from_json({"saga": "order", "quantity": 3}) == RunSettings(quantity=3)


def test_a_setting_that_exists_no_more_is_passed_over():
    assert RunSettings.from_json({"quantity": 3, "weather": "fine"}) == RunSettings(quantity=3)


@pytest.mark.parametrize(
    ("chosen", "complaint"),
    [
        ({"style": "ballet"}, "“ballet” is unknown; use one of choreography, orchestration, hybrid, both"),
        ({"quantity": 0}, "“0” is out of range; enter a whole number, 1 to 100"),
        ({"without": ("luck",)}, "“luck” is unknown; use one of outbox, inbox, late-ack, timeouts"),
        ({"style": "hybrid"}, "order has no part that is choreographed inside"),
        ({"fault": ("order:lost", "order:lost")}, "is placed twice"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_with_what_is_allowed(chosen, complaint):
    with pytest.raises(InvalidValue, match=complaint.replace("(", r"\(")):
        check_settings(RunSettings(**chosen))


@pytest.mark.django_db
def test_the_form_and_the_command_line_refuse_in_the_same_words(capsys):
    form = SetupForm.filled(QueryDict("style=ballet"))
    assert not form.is_valid()
    with pytest.raises((SystemExit, CommandError)):
        call_command("runsaga", "order", "--style", "ballet")
    assert form.problem.rstrip(".") in capsys.readouterr().err


PROOF = """
import sys
from tests.sandbox.one_more_setting import AddsASetting
sys.meta_path.insert(0, AddsASetting())
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.test import Client
from sandbox.models import Run
from sandbox.runtime.storage.runs import run_state_of
client = Client(SERVER_NAME="localhost")
page = client.get("/sandbox/?wrap=7").content.decode()
assert 'Layers of paper' in page and 'name="wrap"' in page and 'value="7"' in page, "form"
assert "wrap=7" in page, "address"
refused = client.get("/sandbox/?wrap=12")
assert refused.status_code == 400 and "a whole number, 1 to 9" in refused.content.decode(), "bounds"
address = client.post("/sandbox/start/", {"wrap": "7", "pace": "step"}).url
run = Run.objects.get()
assert run.settings["wrap"] == 7, "row"
assert run_state_of(run).settings.wrap == 7, "engine"
page = client.get(address).content.decode()
assert "wrap 7" in page and "wrap=7" in page, "the run's page"
again = client.post(address + "rerun/").url
assert Run.objects.get(pk=again.split("/")[-2]).run_settings.wrap == 7, "run again"
from sandbox.management.commands import runsaga
command = runsaga.Command()
parsed = command.create_parser("manage.py", "runsaga").parse_args(["order", "--wrap", "5"])
assert command._settings(vars(parsed)).wrap == 5, "command line"
"""


@pytest.mark.proof
def test_adding_a_setting_is_one_entry(tmp_path):
    env = {
        **os.environ,
        "VAR_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    done = subprocess.run([sys.executable, "-c", PROOF], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
