"""The inbox: a delivery is open for handling until it has been handled, and for one handler at a time."""

from sandbox.definitions.terms import DeliveryState
from sandbox.models import Delivery

OPEN = {DeliveryState.PENDING, DeliveryState.SENT}


class AlreadyHandled(Exception):
    """The inbox has this delivery behind it: a second copy has nothing to do."""


def locked(delivery_id: int) -> Delivery:
    """The delivery with its run, both locked until the transaction ends, so that a run's facts come one by one.

    Raises AlreadyHandled when it was handled or given up, or when its run was deleted meanwhile.
    """
    rows = Delivery.objects.select_related("run").select_for_update(of=("self", "run"))
    delivery = rows.filter(pk=delivery_id).first()
    if delivery is None or delivery.state not in OPEN:
        raise AlreadyHandled(delivery_id)
    return delivery
