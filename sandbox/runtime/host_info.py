"""Describes the machine, for the readers of figures that were measured on it."""

import os
import platform
from pathlib import Path

from django.db import connection

CPUINFO, STAT = Path("/proc/cpuinfo"), Path("/proc/stat")


def cores() -> int:
    """Returns the number of processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def machine() -> str:
    """Returns the machine in a few words: cores, processor, system, Python, database."""
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
    """Returns the machine's used and total processor time since it was started, in the system's ticks.

    Only differences are meaningful. None where the system does not provide them.
    """
    if not STAT.exists():
        return None
    # user, nice, system, idle, waiting for disks, interrupts, soft interrupts, taken by other guests
    times = [int(word) for word in STAT.read_text().split("\n", 1)[0].split()[1:9]]
    return sum(times) - times[3] - times[4], sum(times)
