"""Changes what no setting of Celery's or kombu's can. `config/celery.py` calls these once."""

import sys
from typing import Any

from celery.signals import worker_process_init
from django.db import connections
from kombu.transport import TRANSPORT_ALIASES

TRANSPORT = "infra.private_apis.celery_transport:Transport"


def use_own_transport() -> None:
    """Has kombu reach Redis through our transport.

    It is registered under the names of kombu's own, because kombu turns TLS on for the name "rediss" and no other.
    """
    TRANSPORT_ALIASES.update(dict.fromkeys(("redis", "rediss"), TRANSPORT))


def keep_database_connections(app: Any) -> None:
    """Keeps a pool child's database connection from task to task, as long as it is usable.

    Celery closes it before and after every task, and opening it again is a fifth of the time that a task takes.
    """
    app.conf["CELERY_DB_REUSE_MAX"] = sys.maxsize
    worker_process_init.connect(_never_expire)


def _never_expire(**_: object) -> None:
    for connection in connections.all():
        connection.settings_dict["CONN_MAX_AGE"] = None
