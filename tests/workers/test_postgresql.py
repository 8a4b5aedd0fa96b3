"""The same on PostgreSQL, where runs really are written side by side."""

import uuid

import pytest

from tests.postgresql import postgresql
from tests.stack import Stack
from tests.workers import inside
from tests.workers.shop import Shop
from tests.workers.test_deleting import delete_runs_under_way

pytestmark = pytest.mark.timeout(180)


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with (
        postgresql() as url,
        Stack(var=tmp_path_factory.mktemp("var"), DATABASE_URL=url) as stack,
        Shop(stack) as shop,
    ):
        yield shop


def test_on_postgresql_every_saga_ends_right_with_all_laws_held(shop, choices, all_right):
    process = shop.begin([{**one, "pace": "fast"} for one in choices * 2])
    all_right(shop.finish(process), expected=20)


def test_on_postgresql_a_load_is_counted_right(shop):
    learner = str(uuid.uuid4())
    told = shop.wait_for_load(shop.inside(inside.start_load, "", learner), learner)
    for leg in told["legs"].values():
        assert (leg["statuses"], leg["open"], leg["messages"]) == ([["COMPLETED", 15]], 0, leg["handled"])


def test_on_postgresql_workers_cope_with_runs_that_are_deleted_while_they_handle_them(shop):
    delete_runs_under_way(shop)
