import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from sandbox.definitions.registry import SAGA
from sandbox.render.saga_code.formats import SAGA_FORMATS, format_named


class Command(BaseCommand):
    help = "Prints a saga in the format of another engine or tool, or writes its files into a folder."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("saga", choices=list(SAGA))
        parser.add_argument("format", choices=[one.name for one in SAGA_FORMATS])
        parser.add_argument("--file", help="which to print, of a format with several files")
        parser.add_argument("--into", type=Path, metavar="FOLDER", help="write all files there instead")

    def handle(self, *args: Any, **options: Any) -> None:
        files = format_named(options["format"]).render(SAGA[options["saga"]])
        if folder := options["into"]:
            folder.mkdir(parents=True, exist_ok=True)
            for name, text in files.items():
                (folder / name).write_text(text, encoding="utf-8")
                self.stdout.write(str(folder / name))
            return
        chosen = options["file"] or next(iter(files))
        if chosen not in files or (len(files) > 1 and not options["file"]):
            self.stderr.write(f"exportsaga: choose --file, of {', '.join(files)}, or --into a folder for all")
            sys.exit(2)
        self.stdout.write(files[chosen], ending="")
