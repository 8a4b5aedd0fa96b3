"""One mistake in the course that ships is one line of `manage.py checkcourse`."""

import io
import shutil

import pytest
from django.core.management import call_command

from config.settings import COURSE_GLOSSARY as GLOSSARY
from config.settings import COURSE_LESSONS as LESSONS
from config.settings import QUIZ_BANKS as BANKS

pytestmark = pytest.mark.django_db
LESSON, BANK = "sagas-compensable-pivot-retriable.md", "choreography-vs-orchestration.yaml"
CARD = "{% knowledge_check lesson.slug %}"


@pytest.fixture
def content(settings, tmp_path):
    """A copy of everything that authors write."""
    settings.COURSE_LESSONS = shutil.copytree(LESSONS, tmp_path / "lessons")
    settings.QUIZ_BANKS = shutil.copytree(BANKS, tmp_path / "banks")
    settings.COURSE_GLOSSARY = shutil.copy(GLOSSARY, tmp_path / "glossary.yaml")
    return tmp_path


def changed(folder, name, old, new):
    """The file of that name with a mistake in it: the first `old` is `new`, or `new` stands at the end."""
    (file,) = folder.rglob(name)
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1) if old else text + new, encoding="utf-8")
    return file


def told():
    """The lines that `checkcourse` prints, without its sum."""
    out = io.StringIO()
    with pytest.raises(SystemExit):
        call_command("checkcourse", stdout=out)
    *lines, last = out.getvalue().splitlines()
    assert last.endswith(" wrong.")
    return lines


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        (BANK, "kind: single", "kind: singel", "kind is none of single, multiple, ordering"),
        (BANK, "    asks: why\n", "", "asks is missing"),
        (BANK, "title:", "title: [", "YAML cannot be read"),
        (BANK, "ask: compensations", "ask: compensation", "unknown ask 'compensation'"),
        (BANK, "paragraph: ", "paragraph: x-", "is no anchor of the lesson"),
        (BANK, "sandbox: ", "sandbox: saga=ordr&", "sandbox is refused by the bench"),
        (
            BANK,
            "sandbox: ",
            "sandbox: without=outbx&",
            "“outbx” is unknown; use any of outbox, inbox, late-ack, timeouts.",
        ),
        (BANK, "sandbox: ", "sandbox: witout=outbox&", "“witout” is no setting; use any of saga, style"),
        (
            LESSON,
            "",
            "\n[run](/sandbox/?witout=inbox)\n",
            "the site answers 400. This run cannot start. “witout” is no",
        ),
        (LESSON, "", "\n[[outboks]]\n", "[[outboks]] is no term"),
        (LESSON, "", "\n![](/static/icon.svg)\n", "has no alternative text"),
        (LESSON, "weight: ", "weight: very-", "is not one of high, medium, low"),
        (LESSON, "---\n", "", "must begin with front matter"),
        (LESSON, "", "\n/// try-it | Now\n\nText.\n", "call-out 'try-it' is never closed"),
        (LESSON, "", "\n{% saga_digram %}\n", "Invalid block tag"),
        (LESSON, "", '\n{% saga_diagram "ordr" "choreography" %}\n', "unknown saga 'ordr'"),
        (LESSON, "", '\n{% experiment "nonsense" %}\n', "unknown experiment 'nonsense'"),
        (LESSON, "", "\n[there](#nowhere)\n", "has no anchor #nowhere"),
        (LESSON, CARD, "{% knowledge_check lesson.slog %}", "lesson.slog is nothing here; did you mean 'lesson.slug'?"),
        (LESSON, CARD, '{% knowledge_check "nonsense" %}', "shows nothing; what it names is not there"),
        (LESSON, CARD, "", "the lesson has a knowledge check, and nothing leads to it"),
        (LESSON, "", "\nA {{ lesson.titel }} here.\n", "{{ lesson.titel }}: lesson.titel is nothing here"),
        (LESSON, "", "\n{% twin_run saga=order %}\n", "order is nothing here"),
        (LESSON, "title: ", "titel: ", "titel: unknown field; the fields are title, summary"),
        (LESSON, "title: ", "title: #", "title: is empty"),
        (LESSON, "weight: ", "order: yes\nweight: ", "order: is given twice"),
        (
            BANK,
            "title: ",
            "titel: ",
            "titel is not a field that a bank knows; here it has title, objectives, questions",
        ),
        (BANK, "kind: single", "kinds: single", "kinds is not a field that a bank knows; here it has id, version"),
        (BANK, "version: 1", "version: 0", "version is 0; the first is 1"),
        (BANK, "- id: charged-event", "- id: charged event", "id is 'charged event'; use letters, numbers and hyphens"),
        (BANK, "- id: charged-event", "- id: no", "id is not text; put it in quotes"),
        (BANK, "objective: 1", "objective:", "objective is empty"),
        ("module.yaml", "order: ", "order: -", "is not a whole number"),
        ("glossary.yaml", "", "\nnonsense:\n", "term 'nonsense' has no definition"),
        ("glossary.yaml", "", "\nnonsense: [\n", "node content"),
    ],
)
def test_one_mistake_is_told_once(content, name, old, new, says):
    file = changed(content, name, old, new)
    (line,) = told()
    assert line.startswith(f"{file}:")
    assert says in line


def test_a_tag_that_shows_nothing_still_lets_the_lesson_be_read(content, client):
    changed(content, LESSON, CARD, '{% knowledge_check "nonsense" %} {{ lesson.titel }}')
    assert client.get("/lessons/sagas-compensable-pivot-retriable/").status_code == 200


def test_the_mark_that_windows_editors_put_first_is_no_mistake(content):
    for file in [path for path in content.rglob("*") if path.is_file()]:
        file.write_text(file.read_text(encoding="utf-8"), encoding="utf-8-sig", newline="\r\n")
    out = io.StringIO()
    call_command("checkcourse", stdout=out)
    assert out.getvalue().endswith(": all right\n")


@pytest.mark.parametrize("name", [LESSON, BANK, "module.yaml", "glossary.yaml"])
def test_a_file_in_another_encoding_is_told_with_its_line(content, name):
    (file,) = content.rglob(name)
    text = file.read_text(encoding="utf-8").encode("ascii", "replace").decode()
    file.write_bytes(f"{text}# é\n".encode("latin-1"))
    (line,) = told()
    assert line.startswith(f"{file}:{text.count(chr(10)) + 1}: ")
    assert "is not written in UTF-8" in line


def test_a_day_that_there_is_not_is_told_with_its_line(content):
    file = changed(content, LESSON, "---\n", "---\nupdated: 2026-02-31\n")
    (line,) = told()
    assert line.startswith(f"{file}:2: '2026-02-31' is not a possible value")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (f"*/{LESSON}", LESSON, "is no lesson here; a lesson is lessons/<module>/<lesson>.md"),
        (f"*/{LESSON}", f"*/deep/{LESSON}", "is no lesson here"),
        (f"*/{LESSON}", "*/saga.markdown", "is no lesson here"),
        (BANK, "choreography-vs-orchestration.yml", "is no bank; a bank's file ends in .yaml"),
    ],
)
def test_a_file_in_the_wrong_place_is_told_once(content, old, new, says):
    (file,) = content.glob(f"*/{old}")
    place = file.parents[old.count("/")] / new.replace("*", file.parent.name)
    place.parent.mkdir(parents=True, exist_ok=True)
    file.rename(place)
    (line,) = told()
    assert line.startswith(f"{place}:1: {says}")


def test_a_folder_that_is_not_there_is_told(content, settings):
    settings.COURSE_LESSONS = content / "nowhere"
    assert told() == [f"{content}/nowhere:1: is no folder"]
