"""Begins attempts at labs, and stores what comes of them."""

import time
import uuid
from collections.abc import Mapping
from contextlib import suppress

from sandbox.definitions.run_settings import InvalidValue
from sandbox.labs.model import Lab
from sandbox.load_settings import LOAD_DEFAULTS, LOAD_SETTINGS, LoadSettings
from sandbox.models import LabAttempt
from sandbox.runtime.operator_actions import Conflict, skip_time
from sandbox.services.loads import start_load
from sandbox.services.manage import MAX_REFLECTION, one_line
from sandbox.services.start import start_together

ANSWER_ALL = "Choose an answer to each question, or run it without predicting."


def begin_lab(lab: Lab, *, learner: str, key: str, prediction: Mapping[str, str], shown: bool = False) -> LabAttempt:
    """Starts the runs of a lab, and the attempt whose `prediction` they are to be held against.

    The same form sent twice returns the attempt of the first. Raises InvalidValue for an answer that is no option, or
    is missing beside another, and Busy while a load of somebody runs, before anything is started.
    """
    _check(lab, prediction)
    told = {"prediction": dict(prediction), "shown": shown}
    attempt = {"learner": uuid.UUID(learner), "lab": lab.name, "begun_at": time.time(), **told}
    if lab.is_load:
        load = start_load(load_settings(lab), learner=learner)
        return LabAttempt.objects.get_or_create(load=load, defaults=attempt)[0]
    runs = start_together(lab.runs, learner=learner, key=key)
    beside = {"other": runs[1]} if len(runs) > 1 else {}
    return LabAttempt.objects.get_or_create(run=runs[0], defaults={**attempt, **beside})[0]


def load_settings(lab: Lab) -> LoadSettings:
    """Returns the settings of the load that the lab runs. Raises InvalidValue."""
    given = {name: [one] if isinstance(one, str) else one for name, one in lab.settings.items()}
    return LoadSettings(
        **{name: one.read(given.get(name, ()), LOAD_DEFAULTS[name]) for name, one in LOAD_SETTINGS.items()}
    )


def _check(lab: Lab, prediction: Mapping[str, str]) -> None:
    questions = {str(place): question for place, question in enumerate(lab.predictions)}
    for place, given in prediction.items():
        if (question := questions.get(place)) is None:
            raise InvalidValue(f"“{place[:40]}” is no question of this lab; use one of {', '.join(questions)}.")
        if given not in question.options:
            allowed = ", ".join(question.options)
            raise InvalidValue(f"“{given[:40]}” is no answer to “{question.ask}”; use one of {allowed}.")
    if prediction and len(prediction) < len(lab.predictions):
        raise InvalidValue(ANSWER_ALL)


def skip_in_lab(attempt: LabAttempt) -> None:
    """Moves the time of each run of the attempt on to what is due next there; leaves one in which nothing is due."""
    for run in filter(None, (attempt.run, attempt.other)):
        with suppress(Conflict):
            skip_time(run)


def explain_lab(attempt: LabAttempt, *, why: str, reached: bool, is_right: bool | None) -> None:
    """Stores what came of the attempt, and the learner's explanation, "" for one that was skipped.

    `reached` says whether the runs reached the goal, `is_right` whether the prediction came true, None without one.
    What was explained once stays, since the model sentence has been seen. Raises InvalidValue for an explanation that
    is too long.
    """
    sentence, now = one_line("sentence", why, MAX_REFLECTION), time.time()
    stored = {"explanation": sentence, "explained_at": now, "reached": reached, "is_right": is_right}
    judgement = "" if sentence else LabAttempt.Judgement.SKIPPED
    LabAttempt.objects.filter(pk=attempt.pk, explained_at=None).update(**stored, judgement=judgement)


def judge_lab(attempt: LabAttempt, *, judgement: str) -> None:
    """Stores how the learner's sentence compares with the model sentence. Raises InvalidValue for anything else."""
    if judgement not in LabAttempt.Judgement:
        allowed = ", ".join(LabAttempt.Judgement.values)
        raise InvalidValue(f"“{judgement[:40]}” is no judgement; use one of {allowed}.")
    LabAttempt.objects.filter(pk=attempt.pk).update(judgement=judgement)


def forget_labs(learner: str) -> None:
    """Deletes all that a learner has predicted, written and done in labs; their runs stay."""
    LabAttempt.objects.filter(learner=learner).delete()
