"""A load on real workers: it ends, its figures are those of the facts, and a second process comes and goes."""

import json
import subprocess
import sys
import uuid

from tests.stack import ROOT, until

CALL = "import json, sys, time, uuid, django; django.setup()\nfrom sandbox import loads, services\n"
START = """
load = services.start_load(services.LoadSettings(count=15, helped=sys.argv[1]), learner=sys.argv[2])
print(load.pk)
"""
TOLD = """
from sandbox.models import FactRow, Run
load = loads.load_for(sys.argv[2], uuid.UUID(sys.argv[1]))
print(json.dumps({
    "running": load.is_running,
    "problem": load.problem,
    "legs": {leg.style: {
        "statuses": leg.statuses, "messages": len(leg.passages), "open": sum(w.now for w in leg.waits),
        "handled": FactRow.objects.filter(run__load=load, run__style=leg.style, kind="message handled").count(),
        "seconds": leg.seconds, "processor": leg.processor,
    } for leg in loads.legs_of(load)},
    "results": [one.orders for one in loads.results_of(sys.argv[2])],
}))
"""


def call(shop, code, *args):
    env = {**shop.stack.env, "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", CALL + code, *args]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True, timeout=60).stdout


def ended(shop, load, learner):
    """What is told of the load once it has ended."""
    told = {"running": True}

    def is_over():
        told.update(json.loads(call(shop, TOLD, load, learner)))
        return not told["running"]

    until(is_over, within=60, what="the load ends")
    return told


def test_a_load_ends_and_a_second_process_is_there_for_as_long_as_it_lasts(shop):
    learner = str(uuid.uuid4())
    assert len(shop.child_of("payment")) == 1
    load = call(shop, START, "payment", learner).strip()
    until(lambda: len(shop.child_of("payment")) == 2, within=20, what="payment has a second process")
    told = ended(shop, load, learner)
    assert told["problem"] == ""
    assert told["results"] == [15, 15]
    assert list(told["legs"]) == ["choreography", "orchestration"]
    for leg in told["legs"].values():
        assert leg["statuses"] == [["COMPLETED", 15]]
        assert leg["messages"] == leg["handled"] > 15 * 5
        assert leg["open"] == 0
        assert leg["seconds"] > 0
        assert leg["processor"] is None or 0 < leg["processor"] <= 1
    until(lambda: len(shop.child_of("payment")) == 1, within=5, what="payment has one process again")
    assert len(shop.child_of("order")) == 1


def test_a_load_goes_on_where_a_killed_clock_left_it(shop):
    learner = str(uuid.uuid4())
    load = call(shop, START, "orchestrator", learner).strip()
    until(lambda: len(shop.child_of("orchestrator")) == 2, within=20, what="the orchestrator has a second process")
    shop.stack.wait_for_return("clock", after=shop.stack.kill("clock"))
    told = ended(shop, load, learner)
    assert [leg["statuses"] for leg in told["legs"].values()] == [[["COMPLETED", 15]]] * 2
    until(lambda: len(shop.child_of("orchestrator")) == 1, within=5, what="the orchestrator has one process again")
