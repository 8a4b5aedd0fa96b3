"""Everything that can be done to runs. Each change of state goes through one of these functions."""

from sandbox.definitions.run_settings import InvalidValue, RunSettings
from sandbox.load_settings import LoadSettings
from sandbox.runtime.operator_actions import (
    Conflict,
    change_pace,
    release_message,
    retry_message,
    skip_time,
    strike_message,
)
from sandbox.services.follow import wait_for_end
from sandbox.services.labs import (
    ANSWER_ALL,
    begin_lab,
    explain_lab,
    forget_labs,
    judge_lab,
    load_settings,
    skip_in_lab,
)
from sandbox.services.loads import Busy, repeat_load, start_load, stop_load
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
from sandbox.services.recordings import record_lab, recorded_runs_of
from sandbox.services.start import fork_run, repeat_run, start_both, start_run, start_runs, start_together

__all__ = [
    "ANSWER_ALL",
    "MAX_NAME",
    "MAX_REFLECTION",
    "Busy",
    "Conflict",
    "InvalidValue",
    "LoadSettings",
    "NotDeletable",
    "RunSettings",
    "begin_lab",
    "change_pace",
    "delete_all",
    "delete_run",
    "explain_lab",
    "forget_labs",
    "fork_run",
    "judge_lab",
    "load_settings",
    "name_run",
    "record_lab",
    "recorded_runs_of",
    "reflect_on_run",
    "release_message",
    "repeat_load",
    "repeat_run",
    "retry_message",
    "share_run",
    "skip_in_lab",
    "skip_time",
    "start_both",
    "start_load",
    "start_run",
    "start_runs",
    "start_together",
    "stop_load",
    "strike_message",
    "wait_for_end",
]
