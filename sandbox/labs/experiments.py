"""Reads the experiments and the labs of the lessons: claims of a lesson, as settings that show them in a run."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from content.last_valid import LastValid
from content.lesson_files import EXPERIMENTS, LABS, files_of_lessons, fingerprint_of, lessons_root
from content.problems import ContentError, Problem
from content.schema import validate
from content.yaml_source import Document, read_document
from sandbox.definitions.run_settings import BOTH, RunSettings
from sandbox.definitions.terms import ExperimentPage
from sandbox.engine.evolve import evolve
from sandbox.labs.debrief import unknown_figures
from sandbox.labs.goals import GOALS
from sandbox.labs.model import Experiment, Lab, LabPrediction, SecondRun, Settings
from sandbox.labs.schema import SETTINGS_AT, ExperimentEntry, Experiments, LabEntry, Labs, SettingsEntry
from sandbox.load_settings import LOAD_DEFAULTS

RUNS = {1: "one run", 2: "two runs"}
# What the files of experiments hold; of a lesson, labs come last.
TABLES: Mapping[str, type[Experiments] | type[Labs]] = {EXPERIMENTS: Experiments, LABS: Labs}


def experiments() -> Mapping[str, Experiment]:
    """Returns every experiment by its name, labs among them, from the current files.

    While a file is wrong, they are as before (`LastValid`).
    """
    root = lessons_root()
    return _experiments(root, fingerprint_of(file for name in TABLES for file in files_of_lessons(root, name)))


def labs() -> Mapping[str, Lab]:
    """Returns every lab by its name, lesson by lesson, in the order of their files."""
    return {name: one for name, one in experiments().items() if isinstance(one, Lab)}


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
    """Reads every experiment and lab below `root`. Raises ContentError with everything that is wrong, in any file."""
    found: list[Experiment] = []
    problems: list[Problem] = []
    for name, table in TABLES.items():
        for file in files_of_lessons(root, name):
            try:
                found += _experiments_in(read_document(file), table)
            except ContentError as error:
                problems += error.problems
    if problems := [*problems, *_duplicates(found), *_same_places(found)]:
        raise ContentError(problems)
    return {experiment.name: experiment for experiment in found}


_experiments = LastValid(read_experiments)


def _duplicates(found: list[Experiment]) -> Iterator[Problem]:
    first: dict[str, Experiment] = {}
    for each in found:
        if (other := first.setdefault(each.name, each)) is not each:
            text = f"experiment {each.name!r} has the name of another one, which stands at {other.location}"
            yield Problem(each.location, text)


def _same_places(found: list[Experiment]) -> Iterator[Problem]:
    first: dict[int, Lab] = {}
    for each in found:
        if isinstance(each, Lab) and each.first_path and (other := first.setdefault(each.first_path, each)) is not each:
            text = f"lab {each.name!r}: first_path {each.first_path} is the place of {other.name!r} at {other.location}"
            yield Problem(each.location, text)


def _experiments_in(source: Document, table: type[Experiments] | type[Labs]) -> list[Experiment]:
    entries: Mapping[str, ExperimentEntry] = validate(table, source).root
    if problems := [problem for name, entry in entries.items() for problem in _misfits(name, entry, source)]:
        raise ContentError(problems)
    return [_experiment(name, entry, source) for name, entry in entries.items()]


def _misfits(name: str, entry: ExperimentEntry, source: Document) -> Iterator[Problem]:
    """Yields problems of values that are valid, but do not fit the rest of the experiment."""
    for field, text in (*_strange_settings(entry), *_wrong_goal(entry), *_wrong_parts(entry)):
        kind = "lab" if isinstance(entry, LabEntry) else "experiment"
        yield Problem(source.location((name, *field)), f"{kind} {name!r}: {text}")


Misfit = tuple[tuple[str, ...], str]


def _strange_settings(entry: ExperimentEntry) -> Iterator[Misfit]:
    known = ", ".join(each for each in SettingsEntry.model_fields if each in SETTINGS_AT[entry.at])
    for place, settings in _settings_of(entry):
        for field in sorted(settings.model_fields_set - SETTINGS_AT[entry.at]):
            text = f"{'.'.join((*place, field))} is no setting of the {entry.at}; it has {known}"
            yield (*place, field), text


def _settings_of(entry: ExperimentEntry) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yields the settings that are written, each with its place: those of the entry, and of a lab's second run."""
    yield ("settings",), entry.settings
    if isinstance(entry, LabEntry) and entry.against:
        yield ("against", "settings"), entry.against.settings


def _wrong_goal(entry: ExperimentEntry) -> Iterator[Misfit]:
    runs, goal = _runs(entry), GOALS[entry.goal]
    if runs != goal.runs:
        yield ("goal",), f"goal {goal.name!r} is one of {RUNS[goal.runs]}; the settings start {RUNS[runs]}"


def _wrong_parts(entry: ExperimentEntry) -> Iterator[Misfit]:
    """Yields problems of what only labs have."""
    if not isinstance(entry, LabEntry):
        return
    runs, is_load = _runs(entry), entry.at is ExperimentPage.LOAD_LAB
    if entry.against and (is_load or BOTH in (*_styles(entry.settings), *_styles(entry.against.settings))):
        yield ("against",), "against is for one run in one style; these settings start two already"
    for at, one in enumerate(entry.predict):
        if one.run > runs:
            yield ("predict", str(at), "run"), f"predict[{at + 1}].run is {one.run}; the lab has {RUNS[runs]}"
    for text in unknown_figures(entry.debrief, runs=runs, is_load=is_load):
        yield ("debrief",), f"debrief: {text}"


def _styles(settings: Any) -> tuple[str, ...]:
    return settings.style if "style" in settings.model_fields_set else ()


def _runs(entry: ExperimentEntry) -> int:
    """Returns the number of runs that its goal is about: one for each style, or with a second one beside it."""
    if entry.at is ExperimentPage.LOAD_LAB:
        return len(_styles(entry.settings) or LOAD_DEFAULTS["style"])
    return 2 if BOTH in _styles(entry.settings) or (isinstance(entry, LabEntry) and entry.against) else 1


def _experiment(name: str, entry: ExperimentEntry, source: Document) -> Experiment:
    location = source.location((name,))
    parts = (name, entry.title, entry.watch, _in_address(entry.settings), entry.goal, entry.at, location)
    if not isinstance(entry, LabEntry):
        return Experiment(*parts)
    return Lab(
        *parts,
        lesson=source.file.parent.name,
        claim=entry.claim,
        predictions=tuple(LabPrediction(one.ask, one.options, one.answer, one.run - 1) for one in entry.predict),
        debrief=entry.debrief,
        model=entry.model,
        minutes=entry.minutes,
        against=SecondRun(entry.against.names, _in_address(entry.against.settings)) if entry.against else None,
        first_path=entry.first_path or 0,
    )


def _in_address(settings: Any) -> Settings:
    """Returns settings as they stand in an address, without those that were not given."""
    given = settings.model_dump(mode="json", exclude_unset=True)
    return {name: _value_in_address(value) for name, value in given.items()}


def _value_in_address(value: str | int | list[str]) -> str | tuple[str, ...]:
    if isinstance(value, list):
        return tuple(value) if len(value) > 1 else value[0]
    return str(value)
