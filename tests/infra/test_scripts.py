"""The script that runs all tests leaves none out."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Stands for Python: writes down with what pytest is started.
PYTHON = '#!/bin/sh\necho "$@" >> "$CALLS"\n'
TESTS = sorted({file.relative_to(ROOT) for file in ROOT.glob("tests/**/test_*.py")})


@pytest.fixture
def selections(tmp_path):
    """Returns what each pytest of the script is given: the paths, those left out, and the expression of marks."""
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(PYTHON)
    python.chmod(0o755)
    env = {
        **os.environ,
        "CALLS": str(tmp_path / "calls"),
        "VAR_DIR": str(tmp_path / "var"),
        "CHROMIUM_PATH": "/chromium",
    }
    subprocess.run(["sh", ROOT / "scripts/tests.sh"], cwd=tmp_path, env=env, check=True)
    return [line.split() for line in (tmp_path / "calls").read_text().splitlines()]


def selects(call, file):
    """Returns whether that pytest runs tests of the file; those that are to run alone are another matter."""
    paths = [Path(word) for word in call if word.startswith("tests")]
    ignored = [Path(word.removeprefix("--ignore=")) for word in call if word.startswith("--ignore=")]
    is_named = any(file.is_relative_to(path) for path in paths)
    return is_named and not any(file.is_relative_to(path) for path in ignored) and call[-1] != "alone"


def test_every_test_is_run_once(selections):
    assert {str(file): sum(selects(call, file) for call in selections) for file in TESTS} == {
        str(file): 1 for file in TESTS
    }
    assert sum(call[-1] == "alone" for call in selections) == 1
