"""The inbox: a delivery is open for handling until it has been handled, and for one handler at a time."""

from sandbox.runtime.store import Arrived, read_open


class AlreadyHandled(Exception):
    """The inbox has this delivery behind it: a second copy has nothing to do."""


def locked(delivery_id: int) -> Arrived:
    """The delivery with its run, both locked until the transaction ends, so that a run's facts come one by one.

    Raises AlreadyHandled when it was handled or given up, or when its run was deleted meanwhile.
    """
    arrived = read_open(delivery_id)
    if arrived is None:
        raise AlreadyHandled(delivery_id)
    return arrived
