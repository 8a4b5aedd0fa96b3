"""Recordings of labs: real runs that `checklabs --record` has written beside the lessons, to be played to who asks.

A recording is a list of runs as JSON: of each its settings, its faults as they were in the end, its facts and entries.
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from sandbox.labs.model import Lab

FOLDER = "recordings"


def recording_file(lab: Lab) -> Path:
    """Returns where the lab's recording is kept, in the folder of its lesson."""
    return lab.location.file.parent / FOLDER / f"{lab.name}.json"


def has_recording(lab: Lab) -> bool:
    return recording_file(lab).is_file()


def write_recording(lab: Lab, runs: list[dict[str, Any]]) -> None:
    """Writes the recording of a lab, one fact a line, so that two of them can be compared."""
    file = recording_file(lab)
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(runs, separators=(",", ":")).replace('{"seq"', '\n{"seq"') + "\n")


def read_recording(lab: Lab) -> tuple[str, list[dict[str, Any]]]:
    """Returns a digest of the lab's recording, and its runs. Raises FileNotFoundError where there is none."""
    text = recording_file(lab).read_bytes()
    return sha256(text).hexdigest()[:16], json.loads(text)
