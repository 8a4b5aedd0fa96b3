"""What tests do inside the product: functions that run in a process of it, by `Shop.inside`.

Their arguments and what they return travel between processes, so runs are given by their ids.
"""

import subprocess
import uuid
from collections.abc import Mapping, Sequence
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from itertools import pairwise
from time import monotonic
from typing import Any

from django.core.management import execute_from_command_line

from sandbox import selectors, services
from sandbox.definitions.terms import MessageKind
from sandbox.engine.analysis.invariants import broken
from sandbox.engine.analysis.leg import Leg
from sandbox.engine.simulation.change import Change
from sandbox.models import DeliveryRow, FactRow, Load, Run
from sandbox.pages.load import metrics, results
from sandbox.pages.run.snapshot_reader import idle_reason_of
from sandbox.render.text import load_words
from sandbox.runtime import wait
from sandbox.runtime.broker.heartbeat import is_alive


def manage(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs a command of manage.py, and returns what its process would have returned."""
    out, err, status = StringIO(), StringIO(), 0
    with redirect_stdout(out), redirect_stderr(err):
        try:
            execute_from_command_line(["manage.py", *arguments])
        except SystemExit as ended:
            status = int(ended.code or 0)
    return subprocess.CompletedProcess(arguments, status, out.getvalue(), err.getvalue())


def start_runs(chosen: Sequence[dict[str, Any]]) -> list[str]:
    """Starts a run with each of these settings, and returns their ids."""
    settings = [services.RunSettings.from_json(each) for each in chosen]
    return [str(services.start_run(each, learner=None).pk) for each in settings]


def results_of(run_ids: Sequence[str], within: float) -> list[dict[str, Any]]:
    """Waits until these runs have ended, at most for so many seconds, and returns how each ended."""
    deadline = monotonic() + within
    for run_id in run_ids:
        wait.wait_until_ended(uuid.UUID(run_id), seconds=max(deadline - monotonic(), 0.1))
    return [_result_of(Run.objects.get(pk=run_id)) for run_id in run_ids]


def _result_of(run: Run) -> dict[str, Any]:
    recorded = selectors.recorded_run(run)
    return {
        "style": run.style,
        "fail": run.run_settings.fail,
        "status": run.status,
        "compensations": recorded.board.compensations,
        "broken": [[finding.invariant.name, finding.violation.text] for finding in broken(recorded.findings)],
        "redelivered": sum(fact.kind == "message delivered again" for fact in recorded.record.facts),
    }


def facts_so_far(run_id: str) -> int:
    return Run.objects.get(pk=run_id).last_seq


def journal(run_id: str) -> list[dict[str, Any]]:
    """Returns the facts of a run."""
    return [{"kind": fact.kind, **fact.details()} for fact in selectors.facts_of(Run.objects.get(pk=run_id))]


def sendings(run_id: str) -> list[tuple[str, int, bool]]:
    """Returns of each message, without timers, its name, how often it was sent, and whether it was set apart."""
    sent = DeliveryRow.objects.filter(run=run_id).exclude(kind=MessageKind.TIMER)
    return list(sent.order_by("pk").values_list("name", "sends", "alone"))


def idle_reason(run_id: str) -> tuple[str, str]:
    """Returns the kind and the sentence of why nothing happens in a run."""
    reason = idle_reason_of(run_id, selectors.recorded_run(Run.objects.get(pk=run_id)).board)
    return reason.kind, reason.sentence


def all_live(*names: str) -> bool:
    return all(is_alive(name) for name in names)


def fork_run(run_id: str, upto: int, change: str = "") -> str:
    run = Run.objects.get(pk=run_id)
    return str(services.fork_run(run, upto=upto, learner=None, change=Change.read(change)).pk)


def skip_time(run_id: str) -> None:
    services.skip_time(Run.objects.get(pk=run_id))


def retry_message(run_id: str, message: int, receiver: str) -> None:
    services.retry_message(Run.objects.get(pk=run_id), message=message, receiver=receiver)


def start_load(helped: str, learner: str, chosen: Mapping[str, Any] | None = None, then: Sequence[str] = ()) -> str:
    """Starts a load of 15 orders in both styles, or as chosen, with those that follow it, and returns its id."""
    settings = services.LoadSettings(**{"count": 15, "helped": helped, **(chosen or {})})
    return str(services.start_load(settings, learner=learner, then=then).pk)


def loads_of(learner: str) -> list[str]:
    """Returns who had a second process in the learner's loads that have ended, in their order."""
    return list(
        Load.objects.filter(learner=learner, is_running=False).order_by("asked_at").values_list("helped", flat=True)
    )


def _gaps(leg: Leg) -> list[float]:
    """Returns the seconds between each order's beginning and the next one's."""
    return [after - before for before, after in pairwise(sorted(started for _, _, started, _ in leg.runs))]


def load_so_far(load_id: str, learner: str) -> dict[str, Any]:
    """Returns what the load's page tells of it."""
    load = metrics.load_for(learner, uuid.UUID(load_id))
    handled = FactRow.objects.filter(run__load=load, kind="message handled")
    return {
        "running": load.is_running,
        "problem": load.problem,
        "legs": {
            leg.style: {
                "statuses": [list(each) for each in leg.statuses],
                "messages": len(leg.timings),
                "open": sum(queue.now for queue in leg.waits),
                "handled": handled.filter(run__style=leg.style).count(),
                "seconds": leg.seconds,
                "processor": leg.processor,
                "gaps": _gaps(leg),
                "queues": {one.actor: {"most": one.most, "work": one.work} for one in leg.waits},
                "said": load_words.queue(leg),
            }
            for leg in metrics.legs_of(load)
        },
        "results": [each.orders for each in results.results_of(learner)],
    }
