"""Prints a bank in another format. A command of that kind names the format."""

from typing import Any, ClassVar
from urllib.parse import urljoin

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from content.problems import ContentError
from quiz.bank.loader import bank_files, read_complete
from quiz.exchange.formats import BankFormat


class ExportCommand(BaseCommand):
    """A command that takes a lesson and prints its bank."""

    requires_system_checks: list[str] = []  # so that a problem in another bank does not prevent the export
    bank_format: ClassVar[BankFormat]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("lesson", help="the lesson's slug, as in its address")
        parser.add_argument(
            "--site", default="http://localhost:8000", help="where the lesson is read; its links lead there"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        lesson, files = options["lesson"], bank_files()
        if lesson not in files:
            there_are = ", ".join(files) or "none"
            raise CommandError(f"The lesson {lesson!r} has no question bank. Those that have: {there_are}")
        address = urljoin(options["site"], reverse("course:lesson", args=[lesson]))
        try:
            self.stdout.write(self.bank_format.write(read_complete(files[lesson]), address))
        except ContentError as error:
            raise CommandError(str(error)) from error
