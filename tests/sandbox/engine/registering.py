"""Registers sagas of a test while it needs them."""

from contextlib import contextmanager

import pytest

from sandbox.definitions.registry import SAGA, SERVICE, check_saga, check_service


@contextmanager
def registered(services, sagas):
    """Registers services and sagas, checked like those of the module that SANDBOX_SAGAS names."""
    with pytest.MonkeyPatch.context() as patch:
        for service in services:
            patch.setitem(SERVICE, service.name, check_service(service))
        for saga in sagas:
            patch.setitem(SAGA, saga.name, check_saga(saga, SERVICE))
        yield
