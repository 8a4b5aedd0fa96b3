"""Registers checks by their paths, so that a process that runs none does not import what they need."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.core.checks import CheckMessage, register
from django.utils.module_loading import import_string

Check = Callable[..., Iterable[CheckMessage]]


def register_content_check(path: str, *, deploy: bool = False) -> None:
    """Registers the check at this path, such as `quiz.bank.checks.banks_are_sound`, with the tag "content"."""
    register(partial(_run, path), "content", deploy=deploy)


def _run(path: str, **options: Any) -> Iterable[CheckMessage]:
    check: Check = import_string(path)
    return check(**options)
