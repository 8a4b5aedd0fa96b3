"""Loads on the real workers, from outside."""

import json
import subprocess
import sys

from tests.stack import ROOT, until

CALL = """
import json, sys, time, uuid, django
django.setup()
from sandbox import services
from sandbox.pages.load import metrics, results
"""
START = """
load = services.start_load(services.LoadSettings(count=15, helped=sys.argv[1]), learner=sys.argv[2])
print(load.pk)
"""
TOLD = """
from sandbox.models import FactRow, Run
load = metrics.load_for(sys.argv[2], uuid.UUID(sys.argv[1]))
print(json.dumps({
    "running": load.is_running,
    "problem": load.problem,
    "legs": {leg.style: {
        "statuses": leg.statuses, "messages": len(leg.timings), "open": sum(w.now for w in leg.waits),
        "handled": FactRow.objects.filter(run__load=load, run__style=leg.style, kind="message handled").count(),
        "seconds": leg.seconds, "processor": leg.processor,
    } for leg in metrics.legs_of(load)},
    "results": [one.orders for one in results.results_of(sys.argv[2])],
}))
"""


def call(shop, code, *args):
    env = {**shop.stack.env, "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-c", CALL + code, *args]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True, timeout=60).stdout


def start(shop, *, helped, learner):
    """Starts a load of 15 orders in both styles, and gives its id."""
    return call(shop, START, helped, learner).strip()


def ended(shop, load, learner):
    """What is told of the load once it has ended."""
    told = {"running": True}

    def is_over():
        told.update(json.loads(call(shop, TOLD, load, learner)))
        return not told["running"]

    until(is_over, within=60, what="the load ends")
    return told
