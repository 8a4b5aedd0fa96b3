"""Handles what waits for an actor together: one message each of many runs, in one transaction.

A broker message wakes the actor. What is out of the ordinary is set aside, to be handled alone by `worker`.
"""

import logging
import time
from dataclasses import dataclass

from celery.exceptions import SoftTimeLimitExceeded
from django.db import DatabaseError, InterfaceError, OperationalError, transaction

from sandbox.definitions.terms import Stock
from sandbox.engine.execution.run_state import Transition
from sandbox.runtime.broker.outbox_relay import MOST_AT_ONCE, Claim, set_aside
from sandbox.runtime.storage.hot_path_sql import SentDelivery, read_mailbox
from sandbox.runtime.storage.runs import RunTransition, publish_claims, run_state_of, save_transitions
from sandbox.runtime.worker import receive_after_work, with_duration

log = logging.getLogger(__name__)


def handle_mailbox(actor: str, *, again: bool = False) -> None:
    """Handles what waits in the mailbox of an actor: of each run its oldest message, in one transaction.

    Some are set aside instead, to be handled alone: one that fails, that is to kill its process, that takes time, or
    whose run shares a stock with another. All are, when they cannot be written down together, or when the broker
    message came `again`: the process that had it may have died of one of them. Raises what handle_delivery raises.
    """
    try:
        done = _handle_waiting(actor, is_together=not again)
    except (OperationalError, InterfaceError, SoftTimeLimitExceeded):
        raise
    except Exception:
        log.exception("the messages that wait for %s cannot be handled together; each is handled alone", actor)
        done = _handle_waiting(actor, is_together=False)
    publish_claims(done.changes, done.claims, aside=done.aside, also_wake=[actor] if done.more_waits else ())


@dataclass(frozen=True, slots=True)
class HandledTogether:
    """What was done with the messages of a mailbox: changes of runs with their `claims`, and messages put `aside`."""

    changes: list[RunTransition]
    claims: list[Claim]
    aside: list[Claim]
    more_waits: bool


def _handle_waiting(actor: str, *, is_together: bool) -> HandledTogether:
    """Handles what can be handled together, if `is_together`; sets the rest aside."""
    changes, alone, crashing, began = [], [], [], time.perf_counter()
    with transaction.atomic():
        waiting = read_mailbox(actor, MOST_AT_ONCE)
        share = (time.perf_counter() - began) / max(len(waiting), 1)
        oldest = {sent.run.pk: sent for sent in reversed(waiting)}
        for sent in reversed(oldest.values()):
            transition = _decided(sent, share) if is_together else None
            if transition is None:
                alone.append(sent.delivery_id)
            elif transition.dies_at:
                crashing.append(sent.delivery_id)
            else:
                changes.append((sent.run, transition))
        aside = [*set_aside(alone), *set_aside(crashing, crashes=True)]
        claims = save_transitions(changes)
    return HandledTogether(changes, claims, aside, len(waiting) == MOST_AT_ONCE or len(oldest) < len(waiting))


def _decided(sent: SentDelivery, share: float) -> Transition | None:
    """Returns the transition for one of several messages; None for one that has to be handled alone.

    `share` are the seconds that reading it has taken.
    """
    began = time.perf_counter() - share
    try:
        run_state = run_state_of(sent.run)
        if run_state.settings.stock != Stock.OWN:
            return None
        return with_duration(receive_after_work(sent, run_state, time.time()), began)
    except (DatabaseError, SoftTimeLimitExceeded):
        raise
    except Exception:  # it is met again, and told, when the message is handled alone
        return None
