"""What can be done to runs. Every change of state goes through here, by the names below."""

from sandbox.run_settings import BOTH, MAX_FAULTS, MAX_QUANTITY, TWINS, BadRequest, Settings, check_twins
from sandbox.runtime.operator_actions import (
    Stale,
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
    Bound,
    delete_all,
    delete_run,
    name_run,
    reflect_on_run,
    share_run,
)
from sandbox.services.start import run_again, start_run, start_runs, start_twins

__all__ = [
    "BOTH",
    "MAX_FAULTS",
    "MAX_LOAD",
    "MAX_NAME",
    "MAX_QUANTITY",
    "MAX_REFLECTION",
    "TWINS",
    "BadRequest",
    "Bound",
    "Busy",
    "LoadSettings",
    "Settings",
    "Stale",
    "change_pace",
    "check_twins",
    "delete_all",
    "delete_run",
    "name_run",
    "reflect_on_run",
    "release_message",
    "retry_message",
    "run_again",
    "share_run",
    "skip_time",
    "start_load",
    "start_run",
    "start_runs",
    "start_twins",
    "stop_load",
    "strike_message",
    "swift_sagas",
]
