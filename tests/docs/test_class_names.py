"""One name, one thing: no two classes of the product have the same name."""

import ast
from collections import defaultdict

from tests.docs.markdown_files import ROOT

ROOMS = ("benchmarks", "config", "content", "course", "infra", "learners", "quiz", "sandbox")
# Names that Django looks for, and the one that each contender of a benchmark gives to what measures it.
EXPECTED = {"Command", "Migration", "Client"}


def test_no_two_classes_have_the_same_name():
    found = defaultdict(list)
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.ClassDef) and node.name not in {"Meta", "Media", *EXPECTED}:
                    found[node.name].append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert len(found) > 100
    assert {name: places for name, places in found.items() if len(places) > 1} == {}
