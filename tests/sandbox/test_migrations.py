"""A database of an earlier version is brought up to date with all that learners have in it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
call_command("migrate", "sandbox", "0006_one_run_for_a_form", verbosity=0)
executor = MigrationExecutor(connection)
state = executor.loader.project_state([("sandbox", "0006_one_run_for_a_form")])
Run, Delivery = (state.apps.get_model("sandbox", name) for name in ("Run", "Delivery"))
first = Run.objects.create(
    saga="order", style="choreography", undo_order="parallel", refused="charge-customer", quantity=3,
    faults=[
        ["transient", "charge-customer", 2.0, False, 1, 0.0, 3, 0, "", False],
        ["lost", "#4 at payment", None, True, 1, 0.0, 1, 0, "", False],
    ],
    without=["inbox"], experiment="outbox", pace="fast", started_at=1.0,
)
other = Run.objects.create(saga="order", style="orchestration", twin=first, started_at=1.0)
again = Run.objects.create(saga="order", style="choreography", origin=first, branched_at=5, started_at=2.0)
gone = Run.objects.create(saga="gone", style="choreography", started_at=3.0)
Delivery.objects.create(run=first, message=2, receiver="order", name="OrderPlaced", kind="event", sender="customer")
call_command("migrate", verbosity=0)
from django.test import Client
from sandbox.definitions.faults import parse_fault
from sandbox.definitions.run_settings import RunSettings
from sandbox.models import DeliveryRow, Run as Now
kept = Now.objects.get(pk=first.pk)
assert kept.run_settings == RunSettings(
    style="choreography", fail="charge-customer", pace="fast", quantity=3, undo="parallel",
    fault=(parse_fault("charge-customer:transient=2@3"),), without=("inbox",), experiment="outbox",
), kept.run_settings
assert len(kept.faults) == 2
assert Now.objects.get(pk=other.pk).compared_with == kept and kept.comparisons.get().pk == other.pk
assert (Now.objects.get(pk=again.pk).origin, Now.objects.get(pk=again.pk).forked_at) == (kept, 5)
assert DeliveryRow.objects.get().run == kept
client = Client(SERVER_NAME="localhost")
assert client.get(f"/sandbox/runs/{first.pk}/").status_code == 200
refused = client.get(f"/sandbox/runs/{gone.pk}/")
assert refused.status_code == 410 and "defined otherwise since" in refused.content.decode()
moved = client.get(f"/sandbox/twins/{first.pk}/{other.pk}/?at=3")
assert moved.url == f"/sandbox/compare/{first.pk}/{other.pk}/?at=3"
call_command("migrate", "sandbox", "0006_one_run_for_a_form", verbosity=0)
back = Run.objects.get(pk=first.pk)
assert (back.refused, back.quantity, back.undo_order, back.without) == ("charge-customer", 3, "parallel", ["inbox"])
"""


@pytest.mark.proof
def test_a_run_of_an_earlier_version_keeps_all_its_settings_and_its_page_opens(tmp_path):
    env = {
        **os.environ,
        "VAR_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, env=env, capture_output=True, text=True, timeout=90)
    assert done.returncode == 0, done.stderr
