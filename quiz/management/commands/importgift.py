from argparse import RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from content.lesson_files import CHECK, lessons, lessons_root
from content.problems import ContentError
from content.source_location import SourceLocation
from quiz.bank.loader import sound_bank
from quiz.exchange.bank_writer import bank_text
from quiz.exchange.gift_import import ImportedBank, import_questions
from quiz.exchange.gift_reader import read_gift

HELP = """\
Makes a check.yaml of questions in GIFT, the text format that Moodle and others export.

Prints it, or writes it into the folder of a lesson that has none. Reports what has no place in a bank, and why. A file
that is not GIFT is refused with the line of each mistake, and nothing is written.
"""


class Command(BaseCommand):
    help = HELP
    requires_system_checks: list[str] = []  # so that a problem in a bank does not prevent the import of another

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the file in GIFT")
        parser.add_argument("--lesson", default="", help="the slug of a lesson, whose check.yaml is written")
        parser.add_argument("--title", default="", help="the title of the bank; without it, that of its categories")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        target = _target(options["lesson"]) if options["lesson"] else None
        try:
            questions = read_gift(file)
            bank = import_questions(questions, options["title"])
            self._report(bank, file, of=len(questions))
            text = bank_text(bank.values(), file.name)
            sound_bank(target or file.with_suffix(".yaml"), text)
        except ContentError as error:
            raise CommandError(f"{error}\nNothing was written.") from error
        if target is None:
            self.stdout.write(text, ending="")
        else:
            _write(target, text)
            self.stderr.write(f"Written: {SourceLocation(target, 1)}")

    def _report(self, bank: ImportedBank, file: Path, *, of: int) -> None:
        """Reports on the error stream, so that the bank alone can be sent into a file."""
        for remark in sorted(bank.remarks, key=lambda each: each.line):
            self.stderr.write(f"{SourceLocation(file, remark.line)}: {remark.text}")
        self.stderr.write(f"{len(bank.questions)} of {of} questions have a place here.")
        if not bank.questions:
            raise CommandError("Nothing was written: a bank holds at least one question.")


def _target(lesson: str) -> Path:
    """Returns the file to write. Raises CommandError for an unknown lesson, or one that has a bank."""
    folders = {folder.name: folder for folder in lessons(lessons_root())}
    if lesson not in folders:
        raise CommandError(f"There is no lesson {lesson!r}. There are: {', '.join(folders) or 'none'}")
    target = folders[lesson] / CHECK
    if target.exists():
        raise CommandError(f"{SourceLocation(target, 1)}: is there. Print the bank without --lesson, and merge it.")
    return target


def _write(target: Path, text: str) -> None:
    """Writes the file whole or not at all."""
    draft = target.with_name(f".{target.name}.new")
    draft.write_text(text, encoding="utf-8")
    draft.replace(target)
