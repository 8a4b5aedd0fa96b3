"""Checks of content are imported by the processes that run them."""

import subprocess
import sys

from tests.stack import ROOT

WORKER = "import sys, config.celery, django; django.setup(); import sandbox.tasks; print(*sys.modules)"
ONLY_FOR_CHECKS = {"course.lint.checks", "quiz.bank.checks", "sandbox.labs.checks", "pydantic", "pygments"}


def test_a_worker_starts_without_what_only_checks_of_content_need():
    done = subprocess.run([sys.executable, "-c", WORKER], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "sandbox.runtime.worker" in loaded
    assert loaded & ONLY_FOR_CHECKS == set()
