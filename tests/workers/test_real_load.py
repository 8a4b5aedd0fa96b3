"""A load on real workers: it ends, its figures are those of the facts, and a second process comes and goes."""

import uuid
from statistics import median

from tests.stack import until
from tests.workers import inside


def test_a_load_ends_and_a_second_process_is_there_for_as_long_as_it_lasts(shop):
    learner = str(uuid.uuid4())
    assert len(shop.child_of("payment")) == 1
    load = shop.inside(inside.start_load, "payment", learner)
    until(lambda: len(shop.child_of("payment")) == 2, within=20, what="payment has a second process")
    told = shop.wait_for_load(load, learner)
    assert told["problem"] == ""
    assert told["results"] == [15, 15]
    assert list(told["legs"]) == ["choreography", "orchestration"]
    for leg in told["legs"].values():
        assert leg["statuses"] == [["COMPLETED", 15]]
        assert leg["messages"] == leg["handled"] > 15 * 5
        assert leg["open"] == 0
        assert leg["seconds"] > 0
        assert leg["processor"] is None or 0 < leg["processor"] <= 1
    until(lambda: len(shop.child_of("payment")) == 1, within=5, what="payment has one process again")
    assert len(shop.child_of("order")) == 1


def test_a_load_goes_on_where_a_killed_clock_left_it(shop):
    learner = str(uuid.uuid4())
    load = shop.inside(inside.start_load, "orchestrator", learner)
    until(lambda: len(shop.child_of("orchestrator")) == 2, within=20, what="the orchestrator has a second process")
    shop.stack.wait_for_return("clock", after=shop.stack.kill("clock"))
    told = shop.wait_for_load(load, learner)
    assert [leg["statuses"] for leg in told["legs"].values()] == [[["COMPLETED", 15]]] * 2
    until(lambda: len(shop.child_of("orchestrator")) == 1, within=5, what="the orchestrator has one process again")


def test_orders_arrive_evenly_and_the_queue_grows_at_the_slow_service(shop):
    learner = str(uuid.uuid4())
    chosen = {"style": ("orchestration",), "count": 24, "rate": 8, "slow": "payment", "work_ms": 250}
    told = shop.wait_for_load(shop.inside(inside.start_load, "", learner, chosen), learner)
    leg = told["legs"]["orchestration"]
    assert (told["problem"], leg["statuses"]) == ("", [["COMPLETED", 24]])
    assert 0.1 < median(leg["gaps"]) < 0.15
    assert 23 / 8 * 0.95 < sum(leg["gaps"]) < 23 / 8 * 1.5
    queues = leg["queues"]
    assert queues["payment"]["work"] >= 0.25
    assert all(one["work"] < 0.25 for actor, one in queues.items() if actor != "payment")
    assert queues["payment"]["most"] == max(one["most"] for one in queues.values()) >= 6
    assert leg["said"].startswith("Payment's queue grew to ")
    assert "and one process does 1 s" in leg["said"]


def test_loads_of_a_series_follow_each_other_and_each_has_its_second_process(shop):
    learner = str(uuid.uuid4())
    chosen = {"style": ("choreography",), "count": 2}
    first = shop.inside(inside.start_load, "", learner, chosen, ["payment", ""])
    until(
        lambda: shop.inside(inside.loads_of, learner) == ["", "payment", ""], within=60, what="three loads have ended"
    )
    assert shop.inside(inside.load_so_far, first, learner)["results"] == [2, 2, 2]
    until(lambda: len(shop.child_of("payment")) == 1, within=5, what="payment has one process again")
