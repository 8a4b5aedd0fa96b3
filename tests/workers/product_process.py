"""A process in which functions run inside the product: it has the product's environment, and Django is set up in it."""

import os
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import django
from django.db import close_old_connections

T = TypeVar("T")


def set_up(environment: dict[str, str]) -> None:
    """Makes a new process one of the product's. Nothing that needs Django may be imported before."""
    os.environ.clear()
    os.environ.update(environment)
    django.setup()


def call(function: Callable[..., T], args: Sequence[Any]) -> T:
    """Calls a function as a request would: with a connection to the database that still works."""
    close_old_connections()
    try:
        return function(*args)
    finally:
        close_old_connections()
