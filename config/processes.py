"""Lists the processes that `make run` starts. A service in the sandbox's registry gets its worker by itself."""

import sys
from collections.abc import Iterable

from config.env import env
from infra.launcher import valkey, web
from infra.launcher.instance import Instance
from infra.launcher.process import Process, Stage
from sandbox.definitions.registry import QUEUES, crash_queue

PYTHON = sys.executable
# Each child takes half a second to be replaced: with four, a class can try the same experiment at once.
CRASH_WORKER, CRASH_CHILDREN = "crash-worker", 4


def broker(instance: Instance) -> Process:
    command = (str(valkey.server_program()), str(valkey.settings_file(instance)))
    return Process("valkey", command, is_ready=valkey.answers, stage=Stage.BROKER)


def web_server(instance: Instance) -> Process:
    return Process(
        "web",
        (PYTHON, "-m", "uvicorn", "config.asgi:application", "--host", instance.host, "--port", str(instance.port),
         "--lifespan", "off", "--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "3",
         "--forwarded-allow-ips", ",".join(env("TRUSTED_PROXIES"))),
        is_ready=web.answers,
    )  # fmt: skip


def clock() -> Process:
    return Process("clock", (PYTHON, "manage.py", "clock"))


def worker(name: str, queues: Iterable[str] = (), *, children: int = 1) -> Process:
    """Returns the Celery worker of one actor, or of these queues. It puts unfinished messages back at SIGTERM."""
    return Process(
        name,
        (PYTHON, "-m", "celery", "--skip-checks", "-A", "config.celery", "worker", "-P", "prefork", "-c", str(children),
         "-Q", ",".join(queues) or name, "-n", f"{name}@%h", "-I", "infra.launcher.readiness", "-l", "INFO",
         "--without-gossip", "--without-mingle", "--without-heartbeat"),
        is_ready=lambda instance: instance.ready_file(name).exists(),
        environment={"REMAP_SIGTERM": "SIGQUIT"},
    )  # fmt: skip


def crash_worker() -> Process:
    """Returns the worker whose children are killed where a crash is asked for, for all actors."""
    return worker(CRASH_WORKER, map(crash_queue, QUEUES), children=CRASH_CHILDREN)


def processes(instance: Instance) -> tuple[Process, ...]:
    """Returns everything that runs, in the order in which it starts."""
    own_broker = () if instance.redis_url else (broker(instance),)
    return (*own_broker, web_server(instance), clock(), *map(worker, QUEUES), crash_worker())
