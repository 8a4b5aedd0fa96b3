import pytest

from tests.stack import Stack
from tests.workers.shop import Shop

UNDONE = {
    "": (),
    "validate-order": (),
    "reserve-inventory": ("validate-order",),
    "charge-customer": ("reserve-inventory", "validate-order"),
    "schedule-fulfilment": ("charge-customer", "reserve-inventory", "validate-order"),
}
CHOICES = [{"style": style, "fail": refused} for style in ("choreography", "orchestration") for refused in UNDONE]


def assert_all_right(results, *, expected):
    assert len(results) == expected
    assert [result["broken"] for result in results] == [[]] * expected
    for result in results:
        assert result["status"] == ("COMPENSATED" if result["fail"] else "COMPLETED"), result
        assert tuple(result["compensations"]) == UNDONE[result["fail"]], result


@pytest.fixture(scope="session")
def shop(tmp_path_factory):
    with Stack(var=tmp_path_factory.mktemp("workers"), SANDBOX_RESEND_AFTER="2") as stack, Shop(stack) as shop:
        yield shop


@pytest.fixture
def all_right():
    return assert_all_right


@pytest.fixture
def choices():
    return CHOICES
