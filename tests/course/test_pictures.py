"""A picture beside a lesson is sent under an address that changes with it; one that is not there is a fault."""

import struct
import zlib

import pytest

from content.problems import ContentError
from course.library import find_lesson
from course.lint.checks import lessons_lead_somewhere
from course.loader import load_course

PNG_START = b"\x89PNG\r\n\x1a\n"


def png(width=3, height=2, shade=0):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress((b"\0" + bytes([shade]) * width) * height)
    return PNG_START + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def put(folder, name="images/flow.png", data=None):
    file = folder.root / "basics" / "outbox" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(png() if data is None else data)
    return file


def refusal(folder):
    with pytest.raises(ContentError) as caught:
        load_course(folder.root)
    return str(caught.value)


@pytest.mark.parametrize("written", ["![A flow](images/flow.png)", '<img src="./images/flow.png" alt="A flow">'])
@pytest.mark.django_db
def test_a_picture_is_shown_with_its_size_and_kept_for_ever(folder, client, written):
    folder.lesson(text=f"Text.\n\n{written}\n")
    put(folder)
    picture = find_lesson("outbox").lesson.pictures[0]
    at = f"/lessons/outbox/pictures/{picture.digest}/images/flow.png"
    page = client.get("/lessons/outbox/").content.decode()
    assert f'src="{at}" width="3" height="2" loading="lazy"' in page
    answer = client.get(at)
    assert answer.content == png()
    assert answer["Content-Type"] == "image/png"
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert not answer.cookies


@pytest.mark.django_db
def test_a_changed_picture_has_another_address_and_the_old_one_is_gone(folder, client):
    folder.lesson(text="![A flow](images/flow.png)\n")
    put(folder)
    old = find_lesson("outbox").lesson.pictures[0]
    put(folder, data=png(width=30))
    assert find_lesson("outbox").lesson.pictures[0].digest != old.digest
    assert client.get(f"/lessons/outbox/pictures/{old.digest}/images/flow.png").status_code == 404


@pytest.mark.django_db
def test_no_file_is_sent_that_the_lesson_does_not_show(folder, client):
    folder.lesson(text="![A flow](images/flow.png)\n")
    put(folder)
    put(folder, "images/secret.png")
    digest = find_lesson("outbox").lesson.pictures[0].digest
    for name in ("images/secret.png", "lesson.md", "../outbox/images/flow.png", "images/../lesson.md"):
        assert client.get(f"/lessons/outbox/pictures/{digest}/{name}").status_code == 404


@pytest.mark.django_db
def test_links_to_pictures_lead_somewhere(folder):
    folder.lesson(text="## Why\n\n[Large](images/flow.png) ![A flow](flow.svg)\n")
    put(folder)
    put(folder, "flow.svg", b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 2"></svg>')
    assert [each for each in lessons_lead_somewhere() if each.is_serious()] == []


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("![A](images/flow.pgn)", "picture images/flow.pgn is of a kind that is not shown; use one of .avif, .gif"),
        ("![A](images/flw.png)", "is not there; put it into the lesson's folder; did you mean 'images/flow.png'?"),
        ("![A](../other/flow.png)", "is not in the lesson's folder; put it there"),
        ("![A](images/broken.png)", "cannot be read; it is damaged, or its name has the ending of another kind"),
        ("![](images/flow.png)", "image images/flow.png has no alternative text"),
        ("[large](images/flw.png)", "is not there"),
    ],
)
def test_a_picture_that_cannot_be_shown_is_a_fault_with_its_line(folder, written, says):
    file = folder.lesson(text=f"## Why\n\nText.\n\n{written}\n")
    put(folder)
    put(folder, "images/broken.png", b"no picture")
    assert refusal(folder).startswith(f"{file}:13: ")
    assert says in refusal(folder)
