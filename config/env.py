"""Settings from the environment: a bad value stops start-up with the variable's name and what is allowed."""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

TRUE, FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off", ""}


def env_bool(name: str, *, default: bool) -> bool:
    """The variable as a truth value. Raises ImproperlyConfigured for anything but yes or no words."""
    text = os.environ.get(name, str(default)).strip().lower()
    if text in TRUE or text in FALSE:
        return text in TRUE
    raise ImproperlyConfigured(f"{name}={text!r} is neither yes nor no; use one of 1, true, yes, on, 0, false, no, off")


def env_list(name: str, *, default: list[str]) -> list[str]:
    """The variable as a list, split at commas."""
    text = os.environ.get(name)
    return default if text is None else [part.strip() for part in text.split(",") if part.strip()]


def env_number(name: str, *, default: float) -> float:
    """The variable as a number that is not negative. Raises ImproperlyConfigured for anything else."""
    text = os.environ.get(name, str(default))
    try:
        value = float(text)
    except ValueError:
        value = -1
    if value < 0:
        raise ImproperlyConfigured(f"{name}={text!r} is not a number of 0 or more")
    return value


def kept_secret(file: Path) -> str:
    """The secret in `file`, made at first use and readable by its owner alone."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secrets.token_urlsafe(50))
    return file.read_text().strip()
