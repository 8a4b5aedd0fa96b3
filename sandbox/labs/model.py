"""What experiments and labs are, as pages see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from content.source_location import SourceLocation
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import ExperimentPage
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.evolve import evolve
from sandbox.labs.goals import GOALS, Goal
from sandbox.labs.measures import MEASURES

Settings = Mapping[str, str | tuple[str, ...]]
ADDRESSES = {ExperimentPage.SETUP: "sandbox:setup", ExperimentPage.LOAD_LAB: "sandbox:loads"}


def address_of(page: ExperimentPage, settings: Settings) -> str:
    """Returns the address of a page with these settings."""
    given = {name: value for name, value in settings.items() if value}
    return f"{reverse(ADDRESSES[page])}?{urlencode(given, doseq=True)}"


@dataclass(frozen=True, slots=True)
class Experiment:
    """A claim of a lesson, as settings that show it in a run.

    `title` is the text of its link, `watch` what to look for during the run, `goal` the name of its goal in GOALS.
    `settings` are named as in the address of `at`. `location` is where the file defines it.
    """

    name: str
    title: str
    watch: str
    settings: Settings
    goal: str
    at: ExperimentPage
    location: SourceLocation

    @property
    def address(self) -> str:
        """Returns the address to which a lesson links."""
        return self.setup

    @property
    def setup(self) -> str:
        """Returns the address of the page where it is set up, with its settings."""
        return address_of(self.at, {**self.settings, "experiment": self.name})


@dataclass(frozen=True, slots=True)
class LabPrediction:
    """A question before a lab's run. `options` are the answers by their values; `measure` gives the right value.

    `run` is the place of the run that it is about, 0 for the first.
    """

    ask: str
    options: Mapping[str, str]
    measure: str
    run: int

    def outcome(self, records: Sequence[RunRecord]) -> str:
        """Returns the value of the option that came true, "" while that is not decided."""
        return MEASURES[self.measure].value(records[self.run]) if self.run < len(records) else ""

    def in_words(self, value: str) -> str:
        """Returns the text of an option; what came true may be none of them, after a learner's own doing."""
        return self.options.get(value, value)


@dataclass(frozen=True, slots=True)
class SecondRun:
    """The settings of a lab's second run that differ from the first, and what the two runs are called."""

    names: tuple[str, ...]
    settings: Settings


@dataclass(frozen=True, slots=True)
class Lab(Experiment):
    """An experiment with a conversation around it: a prediction before the run, an explanation after it.

    `claim` is what the lesson says, `debrief` what this run shows, with figures of it in braces, and `model` the
    sentence to compare the learner's own with. `lesson` is the name of its lesson's folder. `first_path` is its place
    on the first path, 0 for none. `minutes` are the learner's time.
    """

    lesson: str
    claim: str
    predictions: tuple[LabPrediction, ...]
    debrief: str
    model: str
    minutes: int
    against: SecondRun | None = None
    first_path: int = 0

    @property
    def address(self) -> str:
        return reverse("sandbox:lab", args=[self.name])

    @property
    def is_load(self) -> bool:
        """Returns whether its runs are the orders of a load."""
        return self.at is ExperimentPage.LOAD_LAB

    @property
    def aim(self) -> Goal:
        return GOALS[self.goal]

    @property
    def runs(self) -> tuple[RunSettings, ...]:
        """Returns the settings of each run: one, or two side by side. Of a load, those of an order in each style."""
        if self.is_load:
            styles = self.settings["style"]
            each = (styles,) if isinstance(styles, str) else styles
            return tuple(RunSettings(saga=str(self.settings.get("saga", "order")), style=style) for style in each)
        first = evolve(RunSettings.from_pairs(self.settings), experiment=self.name)
        if self.against is None:
            return first.each
        other = RunSettings.from_pairs({**self.settings, **self.against.settings})
        return first, evolve(other, experiment=self.name)

    @property
    def run_names(self) -> tuple[str, ...]:
        """Returns what its runs are called side by side; empty for a single one."""
        if self.against:
            return self.against.names
        return tuple(str(run.style).capitalize() for run in self.runs) if len(self.runs) > 1 else ()
