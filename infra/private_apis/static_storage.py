"""Stores static files under names that hold a digest of their content, so that browsers can keep them for ever."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from servestatic.storage import CompressedManifestStaticFilesStorage

ADDRESSES = ("*.css", (r"""(?P<matched>url\(["']?(?P<url>[^"')]+)["']?\))""",))
# How our own modules name each other, and a worker. Files of packages may hold something similar in a comment.
NAMING = r"""\bfrom\s*|\bimport\s*\(?\s*|\bnew URL\("""
IMPORTS = (
    "*.js",
    ((rf"""(?P<matched>(?P<word>{NAMING})"(?P<url>\./[\w/-]+\.js)")""", """%(word)s"%(url)s\""""),),
)
CSS = ".css"
PART = re.compile(r'^@import "((?:\.\./)*[\w/-]+\.css)";$', re.MULTILINE)
COMMENT = re.compile(r"/\*.*?\*/\n*", re.DOTALL)
IMPORT = re.compile(r"^\s*@import\b", re.MULTILINE)


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Joins a style sheet with those that it imports, so that a browser asks once instead of several times.

    Comments are left out of the joined sheet. A sheet that is imported may import none itself: collecting raises
    ImproperlyConfigured for one that does, because a browser would ignore an import in the middle of a sheet.

    A file that was not collected keeps its plain name, as in the tests.
    """

    patterns = (ADDRESSES, IMPORTS)

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        sheets = {name: Path(source.path(path)) for name, (source, path) in paths.items() if name.endswith(CSS)}
        joined = {name: (self, name) for name, sheet in sheets.items() if not dry_run and self._join(name, sheet)}
        yield from super().post_process({**paths, **joined}, dry_run=dry_run, **options)

    def _join(self, name: str, sheet: Path) -> bool:
        """Writes the joined sheet to where files are collected; returns whether it imports any."""
        text = sheet.read_text(encoding="utf-8")
        joined = PART.sub(lambda part: _part(sheet.parent / part[1], of=sheet), text)
        if joined != text:
            Path(self.path(name)).write_text(COMMENT.sub("", joined), encoding="utf-8")
        return joined != text

    def stored_name(self, name: str) -> str:
        return str(self.hashed_files.get(self.hash_key(self.clean_name(name)), name))


def _part(file: Path, *, of: Path) -> str:
    text = file.read_text(encoding="utf-8")
    if IMPORT.search(text):
        raise ImproperlyConfigured(f"{file} imports others and is imported itself: name them all in {of.name}")
    return text
