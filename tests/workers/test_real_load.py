"""A load on real workers: it ends, its figures are those of the facts, and a second process comes and goes."""

import uuid

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
