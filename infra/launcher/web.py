"""Checks the address of the pages: whether it is free, and whether the web server answers there."""

import http.client
import os
import socket

from infra.launcher.instance import LOOPBACK, Instance, StartError


def require_free(instance: Instance) -> None:
    """Raises StartError when the address cannot be listened on."""
    family = socket.AF_INET6 if ":" in instance.host else socket.AF_INET
    try:
        socket.create_server((instance.host, instance.port), family=family).close()
    except OSError as error:
        where = f"{instance.host} port {instance.port}"
        is_unknown = error.errno is not None and error.errno < 0  # the numbers of failed look-ups of names are negative
        advice = "Correct HOST." if is_unknown else "Choose another: PORT=8001 make run"
        raise StartError(f"{where} cannot be used: {_reason(error)}. {advice}") from error


def answers(instance: Instance) -> bool:
    """Returns whether the web server runs and can use its database."""
    connection = http.client.HTTPConnection(LOOPBACK.get(instance.host, instance.host), instance.port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        # 400: it answers, but ALLOWED_HOSTS does not include this machine's own name.
        return connection.getresponse().status in {200, 400}
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _reason(error: OSError) -> str:
    """Returns the system's message for the error; a failed look-up of a name brings its own."""
    return os.strerror(error.errno) if error.errno and error.errno > 0 else str(error.strerror)
