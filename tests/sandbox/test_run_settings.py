"""One schema of a run's settings: one field is in the address, the form, the command line, the row and the engine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.http import QueryDict

from sandbox.definitions.faults import Fault
from sandbox.definitions.run_settings import DEFAULTS, SETTINGS, InvalidValue, RunSettings, setting
from sandbox.models import Run
from sandbox.pages.setup.form import SetupForm
from sandbox.runtime.storage.runs import run_state_of
from sandbox.settings_checks import check_settings, with_valid_values

ROOT = Path(__file__).resolve().parents[2]
CHOSEN = RunSettings(
    saga="order-hybrid",
    style="orchestration",
    fail="schedule-fulfilment",
    pace="step",
    quantity=3,
    stock="shared",
    undo="parallel",
    fault=(Fault("transient", "charge-customer", 2, nth=2), Fault("lost", "order")),
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
        ({"fault": (Fault("lost", "order"), Fault("lost", "order"))}, "is placed twice"),
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
from urllib.parse import urlencode
from tests.sandbox.one_more_setting import AddsSettings
sys.meta_path.insert(0, AddsSettings())
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.test import Client
from sandbox.models import Run
from sandbox.runtime.storage.runs import run_state_of
client = Client(SERVER_NAME="localhost")
CHOSEN = {"wrap": 7, "paper": "gold", "ribbon": "blue", "note": "Be happy", "extra": ("bow", "card")}
def values(settings):
    return {name: getattr(settings, name) for name in CHOSEN}
def page_of(address):
    return client.get(address).content.decode()
usual, page = page_of("/sandbox/"), page_of("/sandbox/?" + urlencode(CHOSEN, doseq=True))
number = 'name="wrap" inputmode="numeric" pattern="[1-9][0-9]*" autocomplete="off" value="%s"'
assert number % 1 in usual and number % 7 in page, "number"
assert '<option value="plain" selected>White</option><option value="gold">Golden</option>' in usual, "choice"
assert '<option value="plain">White</option><option value="gold" selected>Golden</option>' in page, "choice"
assert '<option value="">none</option><option value="red">Red</option>' in usual, "no choice"
assert '<option value="blue" selected>Blue</option>' in page, "no choice"
text = 'type="text" name="note" autocomplete="off" value="%s"'
assert text % "" in usual and text % "Be happy" in page, "text"
box = 'type="checkbox" name="extra" value="%s"%s><span>'
assert all(box % (one, "") in usual and box % (one, " checked") in page for one in ("bow", "card")), "several"
for pair in ("wrap=7", "paper=gold", "ribbon=blue", "note=Be+happy", "extra=bow", "extra=card"):
    assert pair in page, "address"
for wrong, allowed in (
    ("wrap=12", "a whole number, 1 to 9"), ("paper=blue", "one of plain, gold"), ("extra=cat", "one of bow, card")
):
    refused = client.get("/sandbox/?" + wrong)
    assert refused.status_code == 400 and allowed in refused.content.decode(), "bounds"
address = client.post("/sandbox/start/", {**CHOSEN, "pace": "step"}).url
run = Run.objects.get()
assert {name: run.settings[name] for name in CHOSEN} == {**CHOSEN, "extra": ["bow", "card"]}, "row"
assert values(run_state_of(run).settings) == CHOSEN, "engine"
page = page_of(address)
assert "wrap 7, paper gold, ribbon blue, note Be happy, extra bow and card" in page, "the run's page"
assert "wrap=7" in page, "a link of the run's page"
again = client.post(address + "repeat/").url
assert values(Run.objects.get(pk=again.split("/")[-2]).run_settings) == CHOSEN, "run again"
from sandbox.management.commands import runsaga
command = runsaga.Command()
written = "order --wrap 7 --paper gold --ribbon blue --extra bow --extra card --note".split() + ["Be happy"]
parsed = command.create_parser("manage.py", "runsaga").parse_args(written)
assert values(command._settings(vars(parsed))) == CHOSEN, "command line"
"""


def test_a_setting_that_is_true_or_false_is_refused_where_it_is_defined():
    with pytest.raises(TypeError, match="give it two options"):
        setting(False, "Gift", help="whether it is a gift")


@pytest.mark.proof
def test_adding_a_number_a_choice_a_text_or_several_choices_is_one_field_each(tmp_path):
    env = {
        **os.environ,
        "VAR_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    done = subprocess.run([sys.executable, "-c", PROOF], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
