"""The machine that everything runs on, for whoever reads a figure that was measured here."""

import os
import platform
from pathlib import Path

from django.db import connection

CPUINFO, STAT = Path("/proc/cpuinfo"), Path("/proc/stat")


def cores() -> int:
    """How many processor cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def machine() -> str:
    """The machine in a few words: cores, processor, system, Python, database."""
    count = cores()
    return (
        f"{count} {'core' if count == 1 else 'cores'} of {_model()}, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, {connection.display_name}"
    )


def _model() -> str:
    lines = CPUINFO.read_text().splitlines() if CPUINFO.exists() else []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine()


def ticks() -> tuple[int, int] | None:
    """Processor time of the whole machine since it was started: how much was used, and how much there was.

    Only differences mean something, in a unit of the system's own. None where the system does not tell.
    """
    if not STAT.exists():
        return None
    # user, nice, system, idle, waiting for disks, interrupts, soft interrupts, taken by other guests
    times = [int(word) for word in STAT.read_text().split("\n", 1)[0].split()[1:9]]
    return sum(times) - times[3] - times[4], sum(times)
