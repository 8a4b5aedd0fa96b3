"""The address of the pages: whether it is free, and whether it answers."""

import http.client
import os
import socket

from infra.launcher.instance import EVERYWHERE, Instance, StartError


def require_free(instance: Instance) -> None:
    """Raises StartError when the address cannot be listened on."""
    family = socket.AF_INET6 if ":" in instance.host else socket.AF_INET
    try:
        socket.create_server((instance.host, instance.port), family=family).close()
    except OSError as error:
        where = f"{instance.host} port {instance.port}"
        is_unknown = error.errno is not None and error.errno < 0  # as failed look-ups of names have it
        advice = "Correct HOST." if is_unknown else "Choose another: PORT=8001 make run"
        raise StartError(f"{where} cannot be used: {_reason(error)}. {advice}") from error


def answers(instance: Instance) -> bool:
    """Whether the web server is up with its database."""
    connection = http.client.HTTPConnection(EVERYWHERE.get(instance.host, instance.host), instance.port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        # 400: it answers, but ALLOWED_HOSTS leaves out this machine's own name.
        return connection.getresponse().status in {200, 400}
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _reason(error: OSError) -> str:
    """The system's own words; a failed look-up of a host's name has no number of the system's."""
    return os.strerror(error.errno) if error.errno and error.errno > 0 else str(error.strerror)
