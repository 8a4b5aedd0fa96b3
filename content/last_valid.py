"""Keeps content readable while one of its files is being edited."""

import logging
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from django.conf import settings

from content.lesson_files import Fingerprint
from content.problems import ContentError

log = logging.getLogger(__name__)

Source = TypeVar("Source", bound=Hashable)
Content = TypeVar("Content")


@dataclass(frozen=True, slots=True)
class _Version(Generic[Content]):
    """What was read when the files had this fingerprint. `valid` is the content, or that of before, if any."""

    files: Fingerprint
    valid: Content | None
    error: ContentError | None = None


class LastValid(Generic[Source, Content]):
    """Reads content again whenever its files have changed; while they are wrong, returns what was valid last.

    A file that is half written must not take the page from its readers; what is wrong in it is logged, once for each
    process. With DEBUG its author sees that in place of the page.

        courses = LastValid(load_course)
        courses(root, fingerprint(root))
    """

    def __init__(self, read: Callable[[Source], Content]) -> None:
        self._read = read
        self._versions: dict[Source, _Version[Content]] = {}

    def __call__(self, source: Source, files: Fingerprint) -> Content:
        """Returns the content of `source`, whose files have this fingerprint.

        Raises ContentError for wrong content with DEBUG, or when this process has read nothing valid before.
        """
        version = self._versions.get(source)
        if version is None or version.files != files:
            version = self._versions[source] = self._read_version(source, files)
        if version.error and (version.valid is None or settings.DEBUG):
            raise ContentError(version.error.problems)
        return cast(Content, version.valid)

    def _read_version(self, source: Source, files: Fingerprint) -> _Version[Content]:
        try:
            return _Version(files, self._read(source))
        except ContentError as error:
            before = self._versions.get(source)
            valid = before.valid if before else None
            shown = "nothing is" if valid is None else "what was valid before is"
            log.error("Wrong content; %s shown until it is mended:\n%s", shown, error)
            return _Version(files, valid, error)
