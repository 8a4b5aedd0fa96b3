"""Definitions are plain data, which a reader understands with Python alone."""

import ast
import sys
from pathlib import Path

import pytest

import sandbox.definitions

FILES = sorted(Path(sandbox.definitions.__file__).parent.glob("**/*.py"))


def imported_by(file):
    """Returns the modules that a file imports, wherever in it that stands."""
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    assert not any(isinstance(node, ast.ImportFrom) and node.level for node in nodes), f"{file.name} imports relatively"
    whole = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return whole | {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_definitions_import_the_standard_library_and_each_other_only(file):
    foreign = {name for name in imported_by(file) if name.split(".")[0] not in sys.stdlib_module_names}
    assert {name for name in foreign if not f"{name}.".startswith("sandbox.definitions.")} == set()
