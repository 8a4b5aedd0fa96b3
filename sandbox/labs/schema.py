"""Models of what authors write about experiments and labs: an `experiments.yaml` and a `labs.yaml`."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, Field, create_model

from content.schema import AtLeastOne, AuthoredEntry, CountFromOne, OneOrMore, Table, Text, one_of
from content.suggest import suggest
from sandbox.definitions.run_settings import DEFAULTS, SETTINGS, Setting, Value
from sandbox.definitions.terms import ExperimentPage
from sandbox.labs.goals import GOALS
from sandbox.labs.measures import MEASURES
from sandbox.load_settings import LOAD_DEFAULTS, LOAD_SETTINGS

SETTINGS_AT = {
    ExperimentPage.SETUP: {name for name, setting in SETTINGS.items() if not setting.by_program},
    ExperimentPage.LOAD_LAB: set(LOAD_SETTINGS),
}


def _goal(name: str) -> str:
    if name not in GOALS:
        raise ValueError(f"sandbox/labs/goals.py has no such goal{suggest(name, GOALS)}")
    return name


def _measure(name: str) -> str:
    if name not in MEASURES:
        raise ValueError(f"sandbox/labs/measures.py has no such measure{suggest(name, MEASURES)}")
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


class PredictionEntry(AuthoredEntry):
    """A question that a learner answers before a lab's run; `run` says which of two it is about, 1 or 2."""

    ask: Text
    options: Annotated[dict[str, Text], Field(min_length=2, max_length=4)]
    answer: Annotated[Text, AfterValidator(_measure)]
    run: CountFromOne = 1


class SecondRunEntry(AuthoredEntry):
    """What differs in a second run beside the first, and the names of both on the page."""

    names: Annotated[AtLeastOne[Text], Field(min_length=2, max_length=2)]
    settings: SettingsEntry


class LabEntry(ExperimentEntry):
    """One lab of a `labs.yaml`: an experiment, with what is asked before it and said after it."""

    claim: Text
    predict: Annotated[AtLeastOne[PredictionEntry], Field(max_length=2)]
    debrief: Text
    model: Text
    minutes: CountFromOne
    against: SecondRunEntry | None = None
    first_path: CountFromOne | None = None


class Experiments(Table[ExperimentEntry]):
    """An `experiments.yaml`: experiments by their names."""

    entry = "experiment"


class Labs(Table[LabEntry]):
    """A `labs.yaml`: labs by their names, in the order in which they are to be done."""

    entry = "lab"
