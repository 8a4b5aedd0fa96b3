"""Checks of the experiments. A wrong file stops the start-up; settings that a page refuses are for `checkcourse`."""

from typing import Any

from django.core.checks import CheckMessage, Error, Info

from content.lesson_files import lessons_root
from content.problems import ContentError
from content.site_probe import SiteProbe, is_content_valid
from sandbox.definitions.run_settings import InvalidValue
from sandbox.labs.experiments import experiments, read_experiments
from sandbox.labs.model import Experiment, Lab
from sandbox.settings_checks import check_settings


def experiments_are_sound(**_: Any) -> list[CheckMessage]:
    """Returns an error (E001) for everything wrong in `experiments.yaml` and `labs.yaml`, such as an unknown goal."""
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
        refusal = "" if answer.is_there else f"settings are refused by the {experiment.at}: {answer.message}"
        if refusal := refusal or _refusal_of_second_run(experiment):
            messages.append(
                Error(f"experiment {experiment.name!r}: {refusal}", obj=experiment.location, id="sandbox.E002")
            )
    return [*messages, Info(f"{len(found)} experiment{'' if len(found) == 1 else 's'}", id="sandbox.I001")]


def _refusal_of_second_run(experiment: Experiment) -> str:
    """Returns why the second run of a lab cannot start; "" when it can, or there is none of its own."""
    if not isinstance(experiment, Lab) or experiment.against is None:
        return ""
    try:
        check_settings(experiment.runs[1])
    except InvalidValue as error:
        return f"against.settings are refused: {error}"
    return ""
