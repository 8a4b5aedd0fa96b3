"""`manage.py checkcourse` prints everything that is wrong in what authors write, with file and line."""

import logging
import sys
from typing import Any

from django.core.checks import CheckMessage, Error, Info, Warning, run_checks  # noqa: A004  (Django's name)
from django.core.management import BaseCommand, call_command

from content.source_location import SourceLocation

KINDS = {Warning: "warning: ", Info: "note: "}


class Command(BaseCommand):
    help = "Checks all that authors write. Prints each fault as FILE:LINE: WHAT; exits with 1 if any."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if _is_behind():
            call_command("migrate", verbosity=0, skip_checks=True)  # as `make run` does; pages query the database
        logging.disable(logging.CRITICAL)  # a page that fails is reported below, with its file and line
        try:
            messages = run_checks(tags=["content"], include_deployment_checks=True)
        finally:
            logging.disable(logging.NOTSET)
        self._report(messages)

    def _report(self, messages: list[CheckMessage]) -> None:
        counts = [each for each in messages if isinstance(each, Info) and each.obj is None]
        for message in sorted((each for each in messages if each not in counts), key=_position):
            self.stdout.write(line_of(message))
        errors = sum(isinstance(each, Error) for each in messages)
        if errors:
            self.stdout.write(f"{errors} {'thing is' if errors == 1 else 'things are'} wrong.")
            sys.exit(1)
        texts = (each.msg for each in sorted(counts, key=lambda each: str(each.id)))
        self.stdout.write(f"{', '.join(texts)}: all right")


def _is_behind() -> bool:
    try:
        call_command("migrate", check_unapplied=True, verbosity=0, skip_checks=True)
    except SystemExit:
        return True
    return False


def _position(message: CheckMessage) -> tuple[str, int]:
    location = message.obj
    return (str(location.file), location.line) if isinstance(location, SourceLocation) else (str(location), 0)


def line_of(message: CheckMessage) -> str:
    """Formats a message as one line: file, line, and what is wrong."""
    kind = next((word for kind, word in KINDS.items() if isinstance(message, kind)), "")
    return f"{message.obj or 'settings'}: {kind}{message.msg}{f' {message.hint}' if message.hint else ''}"
