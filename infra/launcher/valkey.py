"""A Valkey server of our own: only on this machine, behind a password, and keeping its queues over a restart."""

import secrets
from pathlib import Path

import redis

from infra.launcher.instance import Instance, StartError
from infra.private_apis.valkey_binary import free_port, valkey_binary

HOST = "127.0.0.1"
# Below every system's range of ports for outgoing connections: there, a client that calls again while the server is
# down can be given the server's own port and end up connected to itself.
LOWEST, SPREAD = 16_000, 16_000

SETTINGS = """\
bind {host}
port {port}
requirepass {password}
dir "{directory}"
daemonize no
save ""
appendonly yes
appendfsync everysec
maxmemory-policy noeviction
"""


def server() -> Path:
    """Returns the server's program. Raises StartError where the package brings none for this machine."""
    try:
        return valkey_binary()
    except FileNotFoundError as error:
        raise StartError(
            f"No Valkey for this machine ({error}); set REDIS_URL to a Redis or Valkey of yours."
        ) from error


def settings_file(instance: Instance) -> Path:
    return instance.var / "valkey" / "valkey.conf"


def configure(instance: Instance) -> None:
    """Chooses port and password anew, and notes both where the server and the settings read them."""
    directory = settings_file(instance).parent
    directory.mkdir(exist_ok=True)
    port = free_port(HOST, LOWEST + secrets.randbelow(SPREAD))
    password = secrets.token_urlsafe(24)
    quoted = str(directory).replace("\\", "\\\\").replace('"', '\\"')
    text = SETTINGS.format(host=HOST, port=port, password=password, directory=quoted)
    _write_private(settings_file(instance), text)
    note_url(instance, f"redis://:{password}@{HOST}:{port}/0")


def note_url(instance: Instance, url: str) -> None:
    """Writes the broker's URL where a command in another terminal finds it."""
    _write_private(instance.noted_redis_url, f"{url}\n")


def _write_private(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text(text)


def answers(instance: Instance) -> bool:
    """Whether the server takes commands; not yet while it reads its file in."""
    try:
        with redis.Redis.from_url(instance.noted_redis_url.read_text().strip(), socket_timeout=1) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
