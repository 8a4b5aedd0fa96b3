"""Every lab on the real workers: its goal is reached, its key is what happens, and its debrief has its figures."""

import subprocess
import sys

from sandbox.labs.experiments import labs
from tests.stack import ROOT


def checked(shop, *names):
    command = [sys.executable, "manage.py", "checklabs", *names]
    return subprocess.run(command, cwd=ROOT, env=shop.stack.env, capture_output=True, text=True, timeout=180)


def test_every_lab_shows_what_it_claims_on_the_real_workers(shop):
    told = checked(shop)
    assert told.stdout.splitlines() == [f"{name}: right" for name in labs()], told.stderr
    assert told.returncode == 0


def test_a_lab_that_does_not_exist_is_refused_with_those_that_do(shop):
    told = checked(shop, "flying")
    assert told.returncode == 2
    assert "there is no lab 'flying'; the labs are control-model, " in told.stderr
