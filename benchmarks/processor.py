"""What a process takes of the machine, as Linux tells in /proc."""

import os
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> float:
    """The memory that a process has at the moment, in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def worked(pid: int) -> float:
    """Seconds of processor time that a process has had so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK
