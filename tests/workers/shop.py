"""The product with real workers, and ways to use it from outside."""

import json
import subprocess
import sys

import redis

from tests.stack import ROOT, until

MANY = """
import json, sys, time, django
django.setup()
from sandbox.pages.run import snapshot_reader
from sandbox import selectors, services
from sandbox.engine.analysis.invariants import broken
from sandbox.runtime import wait
runs = [services.start_run(services.RunSettings.from_json(chosen), learner=None) for chosen in json.loads(sys.argv[1])]
print(json.dumps([str(run.pk) for run in runs]), flush=True)
deadline = time.monotonic() + float(sys.argv[2])
for run in runs:
    wait.wait_until_ended(run.pk, seconds=max(deadline - time.monotonic(), 0.1))
for run in runs:
    run.refresh_from_db()
    recorded = selectors.recorded_run(run)
    print(json.dumps({
        "style": run.style, "fail": run.run_settings.fail, "status": run.status,
        "compensations": recorded.board.compensations,
        "broken": [[f.invariant.name, f.violation.text] for f in broken(recorded.findings)],
        "redelivered": sum(f.kind == "message delivered again" for f in recorded.record.facts),
    }), flush=True)
"""


class Shop:
    """The product with real workers, and ways to use it from outside."""

    def __init__(self, stack):
        self.stack = stack

    @property
    def broker(self):
        """A client of the product's broker."""
        return redis.Redis.from_url(self.stack.redis_url)

    def key(self, name):
        """The key of a queue, or of something else at the broker."""
        return f"saga:{(self.stack.var / 'instance').read_text().strip()}:{name}"

    def manage(self, *args):
        command = [sys.executable, "manage.py", *args]
        return subprocess.run(command, cwd=ROOT, env=self.stack.env, capture_output=True, text=True, timeout=90)

    def begin(self, choices, *, within=60):
        """Starts runs at once, and returns the process that waits for them."""
        command = [sys.executable, "-c", MANY, json.dumps(choices), str(within)]
        env = {**self.stack.env, "DJANGO_SETTINGS_MODULE": "config.settings"}
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
        process.started = json.loads(process.stdout.readline())
        return process

    def finish(self, process):
        """How those runs ended."""
        output, _ = process.communicate(timeout=120)
        return [json.loads(line) for line in output.splitlines()]

    def facts(self, run):
        """How many facts a run has so far."""
        code = "import django; django.setup(); from sandbox.models import Run; "
        code += f"print(Run.objects.get(pk='{run}').last_seq)"
        env = {**self.stack.env, "DJANGO_SETTINGS_MODULE": "config.settings"}
        return int(
            subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True).stdout
        )

    def call(self, code, run):
        """Runs a line of Python with that run, services, and selectors at hand; gives what it printed."""
        whole = f"""import django; django.setup()
from sandbox import selectors, services
from sandbox.models import Run
run = Run.objects.get(pk={run!r})
{code}"""
        env = {**self.stack.env, "DJANGO_SETTINGS_MODULE": "config.settings"}
        command = [sys.executable, "-c", whole]
        result = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
        assert result.returncode == 0, result.stderr
        return result.stdout.strip()

    def journal(self, run):
        """The facts of a run."""
        line = "import json; print(json.dumps([{'kind': f.kind, **f.details()} for f in selectors.facts_of(run)]))"
        return json.loads(self.call(line, run))

    def wait_for_fact(self, run, kind, **details):
        """The first fact of that kind and with these details, once the run has one."""

        def found():
            wanted = {"kind": kind, **details}
            return next((f for f in self.journal(run) if wanted.items() <= f.items()), None)

        until(lambda: found() is not None, within=40, what=f"a fact: {kind} {details}")
        return found()

    def child_of(self, name):
        """The pool child of an actor's worker, which does the work."""
        listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        pairs = (tuple(map(int, line.split())) for line in listing.splitlines())
        return [pid for pid, parent in pairs if parent == self.stack.pid(name)]
