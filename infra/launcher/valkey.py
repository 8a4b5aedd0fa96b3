"""Configures a Valkey server of our own: local, with a password, and with queues that survive a restart."""

import secrets
from pathlib import Path

import redis

from infra.launcher.instance import Instance, StartError
from infra.private_apis.valkey_binary import free_port, valkey_binary

HOST = "127.0.0.1"
# These ports are below every system's range for outgoing connections. In that range, a client that reconnects while the
# server is down can be given the server's own port and so connect to itself.
LOWEST_PORT, PORTS = 16_000, 16_000

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


def server_program() -> Path:
    """Returns the server's program. Raises StartError where the package brings none for this machine."""
    try:
        return valkey_binary()
    except FileNotFoundError as error:
        raise StartError(
            f"No Valkey for this machine ({error}); set REDIS_URL to a Redis or Valkey of yours."
        ) from error


def settings_file(instance: Instance) -> Path:
    """Returns the file from which the server reads its settings."""
    return instance.state_dir / "valkey" / "valkey.conf"


def configure(instance: Instance) -> None:
    """Chooses a new port and password, and writes them to where the server and Django's settings read them."""
    directory = settings_file(instance).parent
    directory.mkdir(exist_ok=True)
    port = free_port(HOST, LOWEST_PORT + secrets.randbelow(PORTS))
    password = secrets.token_urlsafe(24)
    quoted = str(directory).replace("\\", "\\\\").replace('"', '\\"')
    text = SETTINGS.format(host=HOST, port=port, password=password, directory=quoted)
    _write_private(settings_file(instance), text)
    write_url(instance, f"redis://:{password}@{HOST}:{port}/0")


def write_url(instance: Instance, url: str) -> None:
    """Writes the broker's URL to where a command in another terminal reads it."""
    _write_private(instance.redis_url_file, f"{url}\n")


def _write_private(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text(text)


def answers(instance: Instance) -> bool:
    """Returns whether the server takes commands; it does not while it loads its queues."""
    try:
        with redis.Redis.from_url(instance.redis_url_file.read_text().strip(), socket_timeout=1) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False
