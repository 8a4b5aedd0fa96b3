"""Reads the record of a run, and its verdict."""

import logging

from django.db import DatabaseError

from sandbox.definitions.registry import SERVICE
from sandbox.engine.analysis.run_record import RunRecord
from sandbox.engine.analysis.verdict import Verdict, verdict_of
from sandbox.models import Run
from sandbox.runtime.storage.journal import read_entries, read_facts
from sandbox.runtime.storage.runs import UnknownSaga, plan_of_run

log = logging.getLogger(__name__)


def read_record(run: Run) -> RunRecord:
    """Returns all that is recorded of the run so far. Raises UnknownSaga when its saga is gone."""
    facts = read_facts(run.pk)
    return RunRecord(plan_of_run(run), run.run_settings, facts, read_entries(run.pk, facts))


def require_defined(record: RunRecord) -> None:
    """Raises UnknownSaga unless the saga still has every step and account that the run's facts name."""
    saga, facts = record.plan.saga, record.facts
    steps = {step.name for step in saga.steps}
    accounts = {(name, account.name) for name in saga.services for account in SERVICE[name].accounts}
    postings = [fact.posting for fact in facts if fact.posting]
    posted = {(p.service, account) for p in postings for account in (p.source, p.target)}
    if not (posted <= accounts and {fact.step for fact in facts if fact.step} <= steps):
        raise UnknownSaga


def read_verdict(run: Run) -> Verdict:
    """Returns the verdict on an ended run; an empty one where its saga is no longer what it was.

    A bug in an invariant gives an empty verdict too, and is logged: one run must not take the list of all runs away.
    Raises DatabaseError.
    """
    try:
        record = read_record(run)
        require_defined(record)
        return verdict_of(record)
    except UnknownSaga:
        return Verdict()
    except DatabaseError:
        raise
    except Exception:
        log.exception("a bug of the sandbox: run %s could not be judged", run.pk)
        return Verdict()
