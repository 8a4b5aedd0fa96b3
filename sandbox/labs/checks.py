"""Checks of the experiments. A wrong file stops the start-up; settings that a page refuses are for `checkcourse`."""

from typing import Any

from django.core.checks import CheckMessage, Error, Info

from content.lesson_files import lessons_root
from content.problems import ContentError
from content.site_probe import SiteProbe, is_content_valid
from sandbox.labs.experiments import experiments, read_experiments


def experiments_are_sound(**_: Any) -> list[CheckMessage]:
    """Returns an error (E001) for everything wrong in an `experiments.yaml`, such as an unknown setting or goal."""
    try:
        read_experiments(lessons_root())
    except ContentError as error:
        return [Error(each.text, obj=each.location, id="sandbox.E001") for each in error.problems]
    return []


def experiments_can_be_set_up(**_: Any) -> list[CheckMessage]:
    """Returns an error (E002) for every experiment whose page refuses its settings.

    Returns nothing while a lesson, a bank or an experiment is not sound. Needs the database.
    """
    if not is_content_valid():
        return []
    probe, found = SiteProbe(), experiments()
    messages: list[CheckMessage] = []
    for experiment in found.values():
        answer = probe.ask(experiment.setup)
        if not answer.is_there:
            text = f"experiment {experiment.name!r}: settings are refused by the {experiment.at}: {answer.message}"
            messages.append(Error(text, obj=experiment.location, id="sandbox.E002"))
    return [*messages, Info(f"{len(found)} experiment{'' if len(found) == 1 else 's'}", id="sandbox.I001")]
