"""While a file is wrong, readers get what it held before; its author gets the error."""

import pytest

from content.last_valid import LastValid
from content.problems import ContentError, Problem
from content.source_location import SourceLocation


@pytest.fixture
def file(tmp_path):
    return tmp_path / "some.txt"


@pytest.fixture
def reads():
    return []


@pytest.fixture
def content(reads):
    def read(file):
        reads.append(file.read_text())
        if reads[-1] == "wrong":
            raise ContentError([Problem(SourceLocation(file, 3), "is wrong")])
        return reads[-1].upper()

    texts = LastValid(read)

    def as_written(file, text, version):
        file.write_text(text)
        return texts(file, (("some.txt", version, 0),))

    return as_written


def test_a_file_is_read_once_for_each_version(file, content, reads):
    assert [content(file, text, version) for text, version in (("a", 1), ("b", 1), ("c", 2))] == ["A", "A", "C"]
    assert reads == ["a", "c"]


def test_while_a_file_is_wrong_readers_get_what_it_held_before(file, content, reads, caplog):
    content(file, "a", 1)
    assert [content(file, "wrong", 2) for _ in range(3)] == ["A"] * 3
    assert reads == ["a", "wrong"]
    (logged,) = caplog.messages
    assert f"{file.name}:3: is wrong" in logged
    assert "what was valid before is shown" in logged
    assert content(file, "b", 3) == "B"


def test_after_two_wrong_versions_it_is_still_the_valid_one(file, content):
    content(file, "a", 1)
    content(file, "wrong", 2)
    assert content(file, "wrong", 3) == "A"


def test_its_author_gets_the_error(file, content, settings):
    settings.DEBUG = True
    content(file, "a", 1)
    for _ in range(2):
        with pytest.raises(ContentError, match="3: is wrong"):
            content(file, "wrong", 2)


def test_without_anything_valid_before_everybody_gets_the_error(file, content, reads, caplog):
    for _ in range(2):
        with pytest.raises(ContentError, match="3: is wrong"):
            content(file, "wrong", 1)
    assert reads == ["wrong"]
    assert "nothing is shown" in caplog.messages[0]


def test_files_do_not_share_what_is_valid(file, content, tmp_path):
    content(file, "a", 1)
    with pytest.raises(ContentError):
        content(tmp_path / "other.txt", "wrong", 1)
