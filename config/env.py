"""Reads the environment's variables. Each is declared here, with its type and its default.

A value that cannot be used stops the start with one line: the variable's name, what is wrong, and what is allowed.
"""

import importlib
import ipaddress
import math
import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
import redis
from django.core.exceptions import ImproperlyConfigured

ROOT = Path(__file__).resolve().parent.parent
TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
LOG_FORMATS = ("plain", "json")
HOST = re.compile(r"\*|\.?[\w-]+(\.[\w-]+)*\.?|\[[0-9a-fA-F:.]+\]")
SHORTEST_SECRET = 32  # characters
LONGEST_TIME = 3600  # seconds


def yes_or_no(text: str) -> bool:
    if text.lower() in TRUE | FALSE:
        return text.lower() in TRUE
    raise ValueError("is neither yes nor no; use one of 1, true, yes, on, 0, false, no, off")


def seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if 0 <= value <= LONGEST_TIME:
        return value
    raise ValueError(f"is not a number of seconds; use one from 0 to {LONGEST_TIME}")


def port(text: str) -> int:
    if text.isdecimal() and len(text) <= 5 and 1 <= int(text) <= 65535:
        return int(text)
    raise ValueError("is not a port; use a number from 1 to 65535")


def folder(text: str) -> Path:
    try:
        return Path(text).expanduser().resolve()
    except (OSError, RuntimeError):
        raise ValueError("is not a folder that there can be") from None


def level(text: str) -> str:
    if text.upper() in LEVELS:
        return text.upper()
    raise ValueError(f"is not a level; use one of {', '.join(LEVELS)}")


def log_format(text: str) -> str:
    if text.lower() in LOG_FORMATS:
        return text.lower()
    raise ValueError(f"is not a format; use one of {', '.join(LOG_FORMATS)}")


def listed(text: str) -> list[str]:
    """Returns the parts between commas. Raises ValueError where there is none."""
    if parts := [part.strip() for part in text.split(",") if part.strip()]:
        return parts
    raise ValueError("names nothing; write values with commas between them")


def hosts(text: str) -> list[str]:
    names = listed(text)
    if all(HOST.fullmatch(name) for name in names):
        return names
    raise ValueError("is not a list of host names; write them without scheme and port, as in example.org,192.0.2.7")


def origins(text: str) -> list[str]:
    found = listed(text)
    if all(re.fullmatch(r"https?://[^/\s?#]+", one) for one in found):
        return found
    raise ValueError("is not a list of origins; write scheme and host alone, as in https://example.org")


def networks(text: str) -> list[str]:
    found = listed(text)
    try:
        for one in found:
            ipaddress.ip_network(one)
    except ValueError:
        raise ValueError("is not a list of IP addresses or networks; write them as in 192.0.2.7,10.0.0.0/8") from None
    return found


def count(text: str) -> int:
    if re.fullmatch(r"[0-9]{1,6}", text) and int(text):
        return int(text)
    raise ValueError("is not a number from 1 to 999999")


def secret(text: str) -> str:
    if len(text) >= SHORTEST_SECRET:
        return text
    raise ValueError(f"has {len(text)} characters; use at least {SHORTEST_SECRET} that nobody can guess")


def instance(text: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9-]{1,32}", text):
        return text
    raise ValueError("is not a name of an instance; use up to 32 letters, digits and hyphens")


def database(text: str) -> dict[str, Any]:
    """Returns Django's settings for the database at this URL."""
    example = "write postgresql://user:password@host:5432/name, or sqlite:////path/to/file"
    try:
        found: dict[str, Any] = {**dj_database_url.parse(text, conn_max_age=0)}
    except ValueError as error:  # for an unknown scheme, or a port that is no number
        raise ValueError(f"is not the URL of a database that can be used; {example}") from error
    if found["ENGINE"] not in {"django.db.backends.sqlite3", "django.db.backends.postgresql"} or not found["NAME"]:
        raise ValueError(f"is not the URL of a database that can be used; {example}")
    return found


def redis_url(text: str) -> str:
    with suppress(ValueError):
        parts = urlsplit(text)
        redis.Redis.from_url(text)  # does not connect yet
        is_named = parts.scheme in {"redis", "rediss"} and parts.hostname and parts.port != 0
        if is_named and re.fullmatch(r"/?\d*", parts.path):
            return text
    raise ValueError("is not the URL of a Redis or Valkey; write redis://:password@host:6379/0")


def web_address(text: str) -> str:
    with suppress(ValueError):
        parts = urlsplit(text)
        if parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0:
            return text
    raise ValueError("is not the address of a server; write https://host/v1")


def module(text: str) -> str:
    with suppress(Exception):  # importing it can raise anything
        if isinstance(importlib.import_module(text).SAGAS, tuple):
            return text
    raise ValueError("names no Python module that can be imported and has a tuple SAGAS")


def word(text: str) -> str:
    if not re.search(r"\s", text):
        return text
    raise ValueError("has a space in it")


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of the environment.

    `read` turns its text into a value, or raises ValueError with what is allowed. `default` is the value while it is
    not set, `unset` says the same in words. No message repeats the value of a `hidden` one.
    """

    name: str
    read: Callable[[str], Any]
    unset: str
    default: Any = None
    hidden: bool = False

    def value(self, environment: Mapping[str, str]) -> Any:
        """Returns its value. Raises ImproperlyConfigured, in one line, for a value that is empty or not allowed."""
        text = environment.get(self.name)
        if text is None:
            return self.default
        if not text.strip():
            raise ImproperlyConfigured(f"{self.name} is empty; give it a value, or unset it for {self.unset}")
        try:
            return self.read(text.strip())
        except ValueError as error:
            raise ImproperlyConfigured(f"{self.name}{'' if self.hidden else f'={text!r}'} {error}") from None


VARIABLES = (
    Variable("VAR_DIR", folder, "var/ next to manage.py", default=ROOT / "var"),
    Variable("HOST", word, "127.0.0.1", default="127.0.0.1"),
    Variable("PORT", port, "8000", default=8000),
    Variable("DEBUG", yes_or_no, "no", default=False),
    Variable("SECRET_KEY", secret, "a key kept in VAR_DIR", hidden=True),
    Variable("SECRET_KEY_FALLBACKS", listed, "none", default=[], hidden=True),
    Variable("INSTANCE", instance, "one made from the database's address, or kept in VAR_DIR"),
    Variable("ALLOWED_HOSTS", hosts, "this machine alone", default=["localhost", "127.0.0.1", "[::1]"]),
    Variable("CSRF_TRUSTED_ORIGINS", origins, "none", default=[]),
    Variable("TRUSTED_PROXIES", networks, "this machine alone", default=["127.0.0.1", "::1"]),
    Variable("DATABASE_URL", database, "SQLite in VAR_DIR", hidden=True),
    Variable("REDIS_URL", redis_url, "a Valkey of its own", hidden=True),
    Variable("REDIS_PREFIX", word, "one made of the instance's name"),
    Variable("LOG_LEVEL", level, "INFO", default="INFO"),
    Variable("LOG_FORMAT", log_format, "plain", default="plain"),
    Variable("ASK_PER_ADDRESS", count, "300", default=300),
    Variable("ASK_LLM_URL", web_address, "no model: answers are quotes", default=""),
    Variable("ASK_LLM_MODEL", word, "no model: answers are quotes", default=""),
    Variable("ASK_LLM_KEY", word, "no key", default="", hidden=True),
    Variable("SANDBOX_RESEND_AFTER", seconds, "5", default=5.0),
    Variable("SANDBOX_FOLLOW_DELAY", seconds, "1.2"),
    Variable("SANDBOX_SAGAS", module, "no further sagas"),
)
_BY_NAME = {variable.name: variable for variable in VARIABLES}


def env(name: str, environment: Mapping[str, str] = os.environ) -> Any:
    """Returns the value of a declared variable. Raises ImproperlyConfigured when it cannot be used."""
    return _BY_NAME[name].value(environment)


def problems(environment: Mapping[str, str]) -> list[str]:
    """Returns a line for each variable whose value cannot be used."""
    found = []
    for variable in VARIABLES:
        try:
            variable.value(environment)
        except ImproperlyConfigured as error:
            found.append(str(error))
    return found
