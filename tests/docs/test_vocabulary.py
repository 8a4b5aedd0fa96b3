"""docs/vocabulary.md: each term once, in one sentence, with a file that has what the sentence names."""

import ast
from collections import Counter

import pytest

from tests.docs.markdown_files import ROOT, quoted, tables

ROWS = list(tables((ROOT / "docs/vocabulary.md").read_text(encoding="utf-8")))


def names_in(file):
    """The names of all classes, functions, fields and constants that a file defines."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


@pytest.mark.parametrize(("term", "sentence", "where"), ROWS, ids=[row[0] for row in ROWS])
def test_a_term_has_one_sentence_and_a_file_with_all_that_it_names(term, sentence, where):
    (path,) = quoted(where)
    assert (ROOT / path).exists()
    assert sentence.endswith(".")
    assert ". " not in sentence
    if named := set(quoted(sentence)):
        assert named <= set(names_in(ROOT / path))


def test_each_term_is_there_once():
    assert len(ROWS) > 80
    (_, most), *_ = Counter(row[0] for row in ROWS).most_common(1)
    assert most == 1
