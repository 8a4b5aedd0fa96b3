"""Static files under names that hold a digest of their content, so that a browser may keep them for ever."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from servestatic.storage import CompressedManifestStaticFilesStorage

ADDRESSES = ("*.css", (r"""(?P<matched>url\(["']?(?P<url>[^"')]+)["']?\))""",))
# Modules of our own name each other so. What packages bring may hold something similar in a comment.
IMPORTS = (
    "*.js",
    ((r"""(?P<matched>(?P<word>\bfrom\s*|\bimport\s*\(?\s*)"(?P<url>\./[\w/-]+\.js)")""", """%(word)s"%(url)s\""""),),
)
CSS = ".css"
PART = re.compile(r'^@import "((?:\.\./)*[\w/-]+\.css)";$', re.MULTILINE)
COMMENT = re.compile(r"/\*.*?\*/\n*", re.DOTALL)
IMPORT = re.compile(r"^\s*@import\b", re.MULTILINE)


class Storage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """A sheet that imports others is served with them in it, as one request instead of several.

    What is put together so has no comments left. The others may import none: it raises ImproperlyConfigured for one
    that does, since a browser would pass over what that imports.

    A file that was not collected keeps its plain name, as in the tests.
    """

    patterns = (ADDRESSES, IMPORTS)

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        sheets = {name: Path(source.path(path)) for name, (source, path) in paths.items() if name.endswith(CSS)}
        whole = {name: (self, name) for name, sheet in sheets.items() if not dry_run and self._is_made(name, sheet)}
        yield from super().post_process({**paths, **whole}, dry_run=dry_run, **options)

    def _is_made(self, name: str, sheet: Path) -> bool:
        """Whether the sheet imports others; then it is put together where files are collected."""
        text = sheet.read_text(encoding="utf-8")
        whole = PART.sub(lambda part: _part(sheet.parent / part[1], of=sheet), text)
        if whole != text:
            Path(self.path(name)).write_text(COMMENT.sub("", whole), encoding="utf-8")
        return whole != text

    def stored_name(self, name: str) -> str:
        return str(self.hashed_files.get(self.hash_key(self.clean_name(name)), name))


def _part(file: Path, *, of: Path) -> str:
    text = file.read_text(encoding="utf-8")
    if IMPORT.search(text):
        raise ImproperlyConfigured(f"{file} imports others and is imported itself: name them all in {of.name}")
    return text
