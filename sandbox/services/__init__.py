"""What can be done to runs. Every change of state goes through here, by the names below."""

from sandbox.run_settings import BOTH, BOTH_STYLES, MAX_FAULTS, MAX_QUANTITY, BadRequest, RunSettings, check_both
from sandbox.runtime.operator_actions import (
    Conflict,
    change_pace,
    release_message,
    retry_message,
    skip_time,
    strike_message,
)
from sandbox.services.loads import MAX_LOAD, Busy, LoadSettings, start_load, stop_load, swift_sagas
from sandbox.services.manage import (
    MAX_NAME,
    MAX_REFLECTION,
    NotDeletable,
    delete_all,
    delete_run,
    name_run,
    reflect_on_run,
    share_run,
)
from sandbox.services.start import run_again, start_both, start_run, start_runs

__all__ = [
    "BOTH",
    "BOTH_STYLES",
    "MAX_FAULTS",
    "MAX_LOAD",
    "MAX_NAME",
    "MAX_QUANTITY",
    "MAX_REFLECTION",
    "BadRequest",
    "Busy",
    "Conflict",
    "LoadSettings",
    "NotDeletable",
    "RunSettings",
    "change_pace",
    "check_both",
    "delete_all",
    "delete_run",
    "name_run",
    "reflect_on_run",
    "release_message",
    "retry_message",
    "run_again",
    "share_run",
    "skip_time",
    "start_both",
    "start_load",
    "start_run",
    "start_runs",
    "stop_load",
    "strike_message",
    "swift_sagas",
]
