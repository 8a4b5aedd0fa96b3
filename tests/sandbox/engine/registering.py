"""Sagas of a test's own, registered for as long as they are needed."""

from contextlib import contextmanager

import pytest

from sandbox.definitions.registry import SAGA, SERVICE, check_saga, check_service


@contextmanager
def registered(services, sagas):
    """The services and sagas are known, and were checked, as those are that SANDBOX_SAGAS brings."""
    with pytest.MonkeyPatch.context() as patch:
        for service in services:
            patch.setitem(SERVICE, service.name, check_service(service))
        for saga in sagas:
            patch.setitem(SAGA, saga.name, check_saga(saga, SERVICE))
        yield
