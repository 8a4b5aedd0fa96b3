"""The Celery application, with a queue for each actor. docs/decisions/ gives the reasons for its settings."""

import os

from celery import Celery
from django.conf import settings

from infra.private_apis.celery_setup import keep_database_connections, use_own_transport

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

use_own_transport()
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
keep_database_connections(app)
app.autodiscover_tasks()
app.steps["consumer"].add("sandbox.runtime.broker.heartbeat:HeartbeatStep")
