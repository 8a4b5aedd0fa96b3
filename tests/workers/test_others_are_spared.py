"""What one learner breaks, or anybody puts into a queue, keeps nobody else's order from its end."""

import json

import pytest

from config.processes import CRASH_CHILDREN
from sandbox.models import DeliveryRow, Run
from sandbox.runtime.storage.runs import delete
from tests.foreign_messages import foreign_messages
from tests.stack import until

pytestmark = pytest.mark.timeout(120)
PLAIN = [{"style": style, "fail": "", "pace": "fast"} for style in ("choreography", "orchestration")]
CRASHES = [{**plain, "fault": ["payment:crash-before-work=20"]} for plain in PLAIN] * 50


def of_the_storm():
    return Run.objects.filter(faults__icontains="crash-before-work")


def open_runs_of_the_storm():
    return of_the_storm().filter(ended_at=None).count()


def messages_sent_again():
    return DeliveryRow.objects.filter(run__in=of_the_storm(), sends__gt=1).count()


def delete_the_storm():
    delete(list(of_the_storm().values_list("pk", flat=True)))


def test_a_crash_on_request_really_kills_a_process(shop):
    until(lambda: len(shop.child_of("crash-worker")) == CRASH_CHILDREN, within=10, what="all children live")
    before = set(shop.child_of("crash-worker"))
    run = json.loads(shop.manage("runsaga", "order", "--fault", "payment:crash-after-commit", "--json").stdout)
    assert run["status"] == "COMPLETED"
    until(lambda: len(shop.child_of("crash-worker")) == CRASH_CHILDREN, within=10, what="the killed one was replaced")
    assert len(before - set(shop.child_of("crash-worker"))) == 1


def test_a_hundred_crashes_requested_at_once_keep_no_plain_order_waiting(shop, all_right):
    worker, (child,) = shop.stack.pid("payment"), shop.child_of("payment")
    storm = shop.begin(CRASHES, within=1)
    plain = shop.finish(shop.begin(PLAIN * 5, within=20))
    still_open = shop.inside(open_runs_of_the_storm)
    shop.finish(storm)
    sent_again = shop.inside(messages_sent_again)
    shop.inside(delete_the_storm)
    all_right(plain, expected=10)
    assert still_open > 90
    assert sent_again < 10  # taken by a child and not answered for in time; of those in the queue, none
    assert "discarded" not in shop.stack.logs(last=10_000)
    assert (shop.stack.pid("payment"), shop.child_of("payment")) == (worker, [child])


def test_what_is_no_message_of_ours_ends_no_worker(shop, all_right):
    worker = shop.stack.pid("payment")
    queue, held = shop.key("payment"), shop.key("unacked")
    for message in foreign_messages().values():
        shop.broker.lpush(queue, message)
    until(lambda: not shop.broker.llen(queue), within=10, what="the queue is empty")
    all_right(shop.finish(shop.begin(PLAIN, within=20)), expected=2)
    until(lambda: not shop.broker.hlen(held), within=10, what="nothing is held")
    assert shop.stack.pid("payment") == worker
    assert "no message of ours" in shop.stack.logs(last=200)
