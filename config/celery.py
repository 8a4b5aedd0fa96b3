"""The Celery application: one task, one queue for each actor. The settings' reasons are in docs/decisions/."""

import os
import sys

from celery import Celery
from celery.signals import worker_process_init
from django.conf import settings
from django.db import connections
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

# Under the names that addresses begin with: kombu turns TLS on by the name "rediss", and by no other.
TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), "infra.private_apis.celery_transport:Transport"))

app = Celery("coordinate")
app.conf.update(
    broker_url=settings.REDIS_URL,
    result_backend=None,
    task_ignore_result=True,
    task_serializer="json",
    accept_content=["json"],
    imports=("infra.private_apis.celery_pool",),
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_acks_on_failure_or_timeout=False,
    worker_prefetch_multiplier=1,
    task_soft_time_limit=10,
    task_time_limit=15,
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_soft_shutdown_timeout=3.0,
    worker_hijack_root_logger=False,
    broker_transport_options={
        "visibility_timeout": 30,
        "unacked_restore_interval": 2,
        "unacked_restore_throttle": 1,
        "socket_timeout": 3,
        "socket_connect_timeout": 2,
        "socket_keepalive": True,
        "health_check_interval": 10,
        "global_keyprefix": settings.REDIS_PREFIX,
        "priority_steps": [0],
    },
)
# Celery closes the database connection around every task; opening it anew is a fifth of a task's time.
app.conf["CELERY_DB_REUSE_MAX"] = sys.maxsize
app.autodiscover_tasks()
app.steps["consumer"].add("sandbox.runtime.broker.heartbeat:HeartbeatStep")


@worker_process_init.connect  # type: ignore[untyped-decorator]
def keep_connections(**_: object) -> None:
    """Keeps a pool child's database connection from task to task, as long as it is usable."""
    for connection in connections.all():
        connection.settings_dict["CONN_MAX_AGE"] = None
