"""The inbox: a delivery is open for handling until it has been handled, and for one handler at a time."""

from sandbox.runtime.storage.hot_path_sql import Arrived, read_sent


class AlreadyHandled(Exception):
    """The inbox has this delivery behind it: a second copy has nothing to do."""


def locked(delivery_id: int) -> Arrived:
    """The delivery with its run, which is locked until the transaction ends, so that its facts come one by one.

    Raises AlreadyHandled when it was handled, put off or given up, or when its run was deleted meanwhile.
    """
    arrived = read_sent(delivery_id)
    if arrived is None:
        raise AlreadyHandled(delivery_id)
    return arrived
