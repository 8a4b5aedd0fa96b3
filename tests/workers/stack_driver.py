"""Drives a stack from inside, by one process: it starts runs there, and says why nothing happens in them."""

import json
import subprocess
import sys

from tests.stack import ROOT, until

INSIDE = """
import json, sys, django
django.setup()
from sandbox import selectors
from sandbox.pages.run import snapshot_reader
from sandbox import services
from sandbox.models import Run
from sandbox.runtime.broker.heartbeat import is_alive

def start(settings):
    return str(services.start_run(services.RunSettings.from_json(settings), learner=None).pk)

def why(run):
    found = snapshot_reader.idle_reason_of(run, selectors.recorded_run(Run.objects.get(pk=run)).board)
    return [found.kind, found.sentence]

answers = {"start": start, "why": why, "lives": is_alive}
for line in sys.stdin:
    ask, what = json.loads(line)
    print(json.dumps(answers[ask](what)), flush=True)
"""


class StackDriver:
    """Asks that process. It starts once, so that questions can follow each other closely."""

    def __init__(self, stack):
        env = {**stack.env, "DJANGO_SETTINGS_MODULE": "config.settings"}
        command, pipe = [sys.executable, "-c", INSIDE], subprocess.PIPE
        self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=pipe, stdout=pipe, text=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()

    def ask(self, question, about):
        self.process.stdin.write(json.dumps([question, about]) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def start(self, **settings):
        return self.ask("start", {"pace": "fast", **settings})

    def lives(self, *names):
        return all(self.ask("lives", name) for name in names)

    def wait_for(self, run, kind, *, of="", within=15.0):
        """The sentence of a run, once it is of that kind, and speaks of that; else what was said before is told."""
        said = []

        def is_so():
            said.append(self.ask("why", run))
            return said[-1][0] == kind and of in said[-1][1]

        try:
            until(is_so, within=within, what=kind)
        except AssertionError as error:
            raise AssertionError(f"{error}, but {sorted({text for _, text in said})}") from None
        return said[-1][1]
