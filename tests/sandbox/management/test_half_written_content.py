"""A lesson that is half written stops neither the clock nor a run: the product restarts its processes at any time."""

import subprocess
import sys

import pytest

from config.settings import BASE_DIR
from sandbox.management.commands import clock, plan, runsaga

PLAN = """
import os, pathlib
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
from config import settings
settings.LESSONS_DIR = pathlib.Path({lessons!r})
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "plan", "order", "--style", "choreography"])
"""


@pytest.mark.parametrize("module", [clock, plan, runsaga])
def test_no_command_of_the_sandbox_checks_the_content_again(module):
    assert module.Command.requires_system_checks == []


def test_a_plan_is_printed_while_a_lesson_is_wrong(tmp_path):
    lesson = tmp_path / "basics" / "outbox" / "lesson.md"
    lesson.parent.mkdir(parents=True)
    lesson.write_text("---\ntitle: Half")
    command = [sys.executable, "-c", PLAN.format(lessons=str(tmp_path))]
    done = subprocess.run(command, cwd=BASE_DIR, capture_output=True, text=True, timeout=60)
    assert (done.returncode, "OrderPlaced" in done.stdout) == (0, True), done.stderr
