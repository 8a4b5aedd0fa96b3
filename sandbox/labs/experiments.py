"""Reads the experiments of the lessons: a claim of a lesson, as settings that show it in a run."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from django.urls import reverse
from pydantic import AfterValidator, create_model

from content.last_valid import LastValid
from content.lesson_files import EXPERIMENTS, files_of_lessons, fingerprint_of, lessons_root
from content.problems import ContentError, Problem
from content.schema import AuthoredEntry, CountFromOne, OneOrMore, Table, Text, one_of, validate
from content.source_location import SourceLocation
from content.suggest import suggest
from content.yaml_source import Document, read_document
from sandbox.definitions.run_settings import BOTH, DEFAULTS, SETTINGS, RunSettings, Setting, Value
from sandbox.definitions.terms import ExperimentPage
from sandbox.engine.evolve import evolve
from sandbox.labs.goals import GOALS
from sandbox.load_settings import LOAD_DEFAULTS, LOAD_SETTINGS

Settings = Mapping[str, str | tuple[str, ...]]
RUNS = {1: "one run", 2: "two runs"}
ADDRESSES = {ExperimentPage.SETUP: "sandbox:setup", ExperimentPage.LOAD_LAB: "sandbox:loads"}
SETTINGS_AT = {
    ExperimentPage.SETUP: {name for name, setting in SETTINGS.items() if not setting.by_program},
    ExperimentPage.LOAD_LAB: set(LOAD_SETTINGS),
}


def _goal(name: str) -> str:
    if name not in GOALS:
        raise ValueError(f"sandbox/labs/goals.py has no such goal{suggest(name, GOALS)}")
    return name


def _parsable(setting: Setting) -> Callable[[str], str]:
    """Returns a check that a text is a value of the setting."""

    def check(text: str) -> str:
        setting.parse(text)
        return text

    return check


def _kind(name: str, setting: Setting, default: Value) -> Any:
    """Returns the type of what authors may write for a setting of a run or a load."""
    if isinstance(default, int):
        return CountFromOne
    options = setting.options
    text: Any = Annotated[Text, one_of(options) if options else AfterValidator(_parsable(setting))]
    # A load can be in several styles.
    several = isinstance(default, tuple) or name == "style"
    return OneOrMore[text] if several else text


def _kinds() -> dict[str, Any]:
    """Returns the type and the default of each setting; where a run and a load have it, those of the run."""
    schemas = ((LOAD_SETTINGS, LOAD_DEFAULTS), (SETTINGS, DEFAULTS))
    return {
        name: (_kind(name, one, defaults[name]), defaults[name])
        for schema, defaults in schemas
        for name, one in schema.items()
        if not one.by_program
    }


# Settings as the addresses of the setup page and of the load lab name them.
SettingsEntry: Any = create_model("SettingsEntry", __base__=AuthoredEntry, **_kinds())


class ExperimentEntry(AuthoredEntry):
    """One experiment of an `experiments.yaml`."""

    title: Text
    watch: Text
    settings: SettingsEntry
    goal: Annotated[Text, AfterValidator(_goal)]
    at: ExperimentPage = ExperimentPage.SETUP


class Entries(Table[ExperimentEntry]):
    """An `experiments.yaml`: experiments by their names."""

    entry = "experiment"


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
        """Returns the address of the page where it is set up, with its settings."""
        return address_of(self.at, {**self.settings, "experiment": self.name})


def address_of(page: ExperimentPage, settings: Settings) -> str:
    """Returns the address of a page with these settings."""
    given = {name: value for name, value in settings.items() if value}
    return f"{reverse(ADDRESSES[page])}?{urlencode(given, doseq=True)}"


def experiments() -> Mapping[str, Experiment]:
    """Returns every experiment by its name, from the current files; while one is wrong, as before (`LastValid`)."""
    root = lessons_root()
    return _experiments(root, fingerprint_of(files_of_lessons(root, EXPERIMENTS)))


def experiment_shown_by(*names: str) -> Experiment | None:
    """Returns the experiment that all these names name; None where they differ."""
    return experiments().get(names[0]) if len(set(names)) == 1 else None


def shown_experiment(settings: RunSettings) -> Experiment | None:
    """Returns the experiment that the settings name, if they are its own apart from the pace; else None."""
    found = experiments().get(settings.experiment)
    if found is None:
        return None
    own = RunSettings.from_pairs(found.settings)
    return found if evolve(own, pace=settings.pace, experiment=found.name) == settings else None


class ExperimentsAt(Mapping[str, Experiment]):
    """The experiments of one page by their names, read from the current files at each access."""

    def __init__(self, page: ExperimentPage) -> None:
        self._page = page

    def __getitem__(self, name: str) -> Experiment:
        return self._current()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._current())

    def __len__(self) -> int:
        return len(self._current())

    def _current(self) -> dict[str, Experiment]:
        return {name: one for name, one in experiments().items() if one.at is self._page}


def read_experiments(root: Path) -> Mapping[str, Experiment]:
    """Reads every experiment below `root`. Raises ContentError with everything that is wrong, in any file."""
    found: list[Experiment] = []
    problems: list[Problem] = []
    for file in files_of_lessons(root, EXPERIMENTS):
        try:
            found += _experiments_in(read_document(file))
        except ContentError as error:
            problems += error.problems
    if problems := [*problems, *_duplicates(found)]:
        raise ContentError(problems)
    return {experiment.name: experiment for experiment in found}


_experiments = LastValid(read_experiments)


def _duplicates(found: list[Experiment]) -> Iterator[Problem]:
    first: dict[str, Experiment] = {}
    for each in found:
        if (other := first.setdefault(each.name, each)) is not each:
            text = f"experiment {each.name!r} has the name of another one, which stands at {other.location}"
            yield Problem(each.location, text)


def _experiments_in(source: Document) -> list[Experiment]:
    entries = validate(Entries, source).root
    if problems := [problem for name, entry in entries.items() for problem in _misfits(name, entry, source)]:
        raise ContentError(problems)
    return [_experiment(name, entry, source) for name, entry in entries.items()]


def _misfits(name: str, entry: ExperimentEntry, source: Document) -> Iterator[Problem]:
    """Yields problems of values that are valid, but do not fit the rest of the experiment."""
    for field in sorted(entry.settings.model_fields_set - SETTINGS_AT[entry.at]):
        known = ", ".join(each for each in SettingsEntry.model_fields if each in SETTINGS_AT[entry.at])
        text = f"experiment {name!r}: settings.{field} is no setting of the {entry.at}; it has {known}"
        yield Problem(source.location((name, "settings", field)), text)
    runs, goal = _runs(entry), GOALS[entry.goal]
    if runs != goal.runs:
        text = f"experiment {name!r}: goal {goal.name!r} is one of {RUNS[goal.runs]}; the settings start {RUNS[runs]}"
        yield Problem(source.location((name, "goal")), text)


def _runs(entry: ExperimentEntry) -> int:
    """Returns the number of runs that its goal is about: one for each style."""
    styles = entry.settings.style if "style" in entry.settings.model_fields_set else ()
    if entry.at is ExperimentPage.LOAD_LAB:
        return len(styles or LOAD_DEFAULTS["style"])
    return 2 if BOTH in styles else 1


def _experiment(name: str, entry: ExperimentEntry, source: Document) -> Experiment:
    given = entry.settings.model_dump(mode="json", exclude_unset=True)
    settings = {field: _in_address(value) for field, value in given.items()}
    location = source.location((name,))
    return Experiment(name, entry.title, entry.watch, settings, entry.goal, entry.at, location)


def _in_address(value: str | int | list[str]) -> str | tuple[str, ...]:
    if isinstance(value, list):
        return tuple(value) if len(value) > 1 else value[0]
    return str(value)
