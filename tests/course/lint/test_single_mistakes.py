"""One mistake in the course that ships is one line of `manage.py checkcourse`."""

import io
import shutil

import pytest
from django.core.management import call_command

from config.settings import LESSONS_DIR

pytestmark = pytest.mark.django_db
LESSON = "sagas-compensable-pivot-retriable/lesson.md"
BANK, EXPERIMENTS = (f"choreography-vs-orchestration/{name}.yaml" for name in ("check", "experiments"))
CARD = "{% knowledge_check lesson.slug %}"


@pytest.fixture
def content(settings, tmp_path):
    """A copy of everything that authors write."""
    settings.LESSONS_DIR = shutil.copytree(LESSONS_DIR, tmp_path / "lessons")
    return settings.LESSONS_DIR


def changed(folder, name, old, new):
    """The file of that name with a mistake in it: the first `old` is `new`, or `new` stands at the end."""
    (file,) = folder.rglob(name)
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1) if old else text + new, encoding="utf-8")
    return file


def checkcourse_lines():
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
        (BANK, "kind: single", "kind: singel", "kind is 'singel'; use one of single, multiple, ordering"),
        (BANK, "    asks: why\n", "", "asks is missing"),
        (BANK, "title:", "title: [", "did not find expected"),
        (BANK, "trace: compensations", "trace: compensation", "unknown ask 'compensation'"),
        (BANK, "paragraph: ", "paragraph: x-", "is no anchor of the lesson"),
        (BANK, "settings: {", "settings: {saga: ordr, ", "settings are refused by the setup page"),
        (
            BANK,
            "settings: {",
            "settings: {without: outbx, ",
            "“outbx” is unknown; use one of outbox, inbox, late-ack, timeouts.",
        ),
        (BANK, "settings: {", "settings: {witout: outbox, ", "“witout” is no setting; use any of saga, style"),
        (
            LESSON,
            "",
            "\n[run](/sandbox/?witout=inbox)\n",
            "the site answers 400. This run cannot start. “witout” is no",
        ),
        (LESSON, "", "\n[[outboks]]\n", "[[outboks]] is no term"),
        (LESSON, "", "\n![](/static/icon.svg)\n", "has no alternative text"),
        (LESSON, "weight: ", "weight: very-", "weight is 'very-medium'; use one of high, medium, low"),
        (LESSON, "---\n", "", "must begin with front matter"),
        (LESSON, "", "\n/// try-it | Now\n\nText.\n", "call-out 'try-it' is never closed"),
        (LESSON, "", "\n{% saga_digram %}\n", "Invalid block tag"),
        (LESSON, "", '\n{% saga_diagram "ordr" "choreography" %}\n', "unknown saga 'ordr'"),
        (LESSON, "", '\n{% experiment "nonsense" %}\n', "unknown experiment 'nonsense'"),
        (LESSON, "", "\n[there](#nowhere)\n", "has no anchor #nowhere"),
        (LESSON, CARD, "{% knowledge_check lesson.slog %}", "lesson.slog is nothing here; did you mean 'lesson.slug'?"),
        (
            LESSON,
            CARD,
            '{% knowledge_check "nonsense" %}',
            "what it names is not there: that lesson's folder has no check.yaml",
        ),
        (LESSON, CARD, "", "the lesson has a knowledge check, and nothing leads to it"),
        (LESSON, "", "\nA {{ lesson.titel }} here.\n", "{{ lesson.titel }}: lesson.titel is nothing here"),
        (LESSON, "", "\n{% both_styles saga=order %}\n", "order is nothing here"),
        (LESSON, "title: ", "titel: ", "titel is no field here; did you mean 'title'? The fields are title, summary"),
        (LESSON, "title: ", "title: #", "title is empty"),
        (LESSON, "weight: ", "order: yes\nweight: ", "order is given twice"),
        (
            BANK,
            "title: ",
            "titel: ",
            "titel is no field here; did you mean 'title'? The fields are title, objectives, questions",
        ),
        (
            BANK,
            "kind: single",
            "kinds: single",
            "kinds is no field here; did you mean 'kind'? The fields are",
        ),
        (BANK, "title: ", "title: Sagas: ", "put a text in quotes that contains a colon followed by a space"),
        (BANK, "title: ", "title: @", "put a text in quotes that begins with @, % or `, and indent by spaces"),
        (LESSON, "summary: >-", "summary: One: two", "put a text in quotes that contains a colon followed by a space"),
        (BANK, "version: 1", "version: 0", "version is 0; use a whole number of 1 or more"),
        (BANK, "- id: charged-event", "- id: charged event", "id is 'charged event'; use letters, numbers and hyphens"),
        (BANK, "- id: charged-event", "- id: no", "id is false to YAML; put it in quotes"),
        (BANK, "objective: 1", "objective:", "objective is empty"),
        ("module.yaml", "order: ", "order: -", "order is -1; use a whole number of 0 or more"),
        ("glossary.yaml", "", "\nnonsense:\n", "term 'nonsense' is empty"),
        ("glossary.yaml", "", "\nnonsense: [\n", "node content"),
    ],
)
def test_one_mistake_is_reported_once(content, name, old, new, says):
    file = changed(content, name, old, new)
    (line,) = checkcourse_lines()
    assert line.startswith(f"{file}:")
    assert says in line


@pytest.mark.missing_fields
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
def test_a_file_in_another_encoding_is_reported_with_its_line(content, name):
    (file,) = content.rglob(name)
    text = file.read_text(encoding="utf-8").encode("ascii", "replace").decode()
    file.write_bytes(f"{text}# é\n".encode("latin-1"))
    (line,) = checkcourse_lines()
    assert line.startswith(f"{file}:{text.count(chr(10)) + 1}: ")
    assert "is not written in UTF-8" in line


def test_a_day_that_there_is_not_is_reported_with_its_line(content):
    file = changed(content, LESSON, "---\n", "---\nupdated: 2026-02-31\n")
    (line,) = checkcourse_lines()
    assert line.startswith(f"{file}:2: '2026-02-31' is not a possible value")


WRONG_PLACES = [
    ("LESSON/lesson.md", "lesson.md", "is not read here; its place is lessons/<module>/<lesson>/lesson.md"),
    ("LESSON/lesson.md", "MODULE/lesson.md", "is not read here; its place is lessons/<module>/<lesson>/lesson.md"),
    ("LESSON/lesson.md", "MODULE/sagas.md", "is not read here; a lesson is lessons/<module>/<lesson>/lesson.md"),
    ("LESSON/lesson.md", "LESSON/deep/lesson.md", "is not read here; its place is lessons/<module>/<lesson>/lesson.md"),
    ("LESSON/lesson.md", "LESSON/Lesson.md", "is not read here; its place is lessons/<module>/<lesson>/lesson.md"),
    ("LESSON/lesson.md", "LESSON/lesson.yml", "is not read here; its place is lessons/<module>/<lesson>/lesson.md"),
    ("LESSON/lesson.md", "LESSON/sagas.markdown", "is not read here; a lesson is lessons/<module>/<lesson>/lesson.md"),
    ("LESSON/check.yaml", "LESSON/check.yml", "is not read here; its place is lessons/<module>/<lesson>/check.yaml"),
    ("LESSON/check.yaml", "LESSON/chek.yaml", "is not read here; its place is lessons/<module>/<lesson>/check.yaml"),
    ("LESSON/check.yaml", "LESSON/bank.yaml", "the files of a lesson are lesson.md, check.yaml, experiments.yaml"),
    ("LESSON/experiments.yaml", "LESSON/experiment.yml", "its place is lessons/<module>/<lesson>/experiments.yaml"),
    ("MODULE/module.yaml", "MODULE/module.yml", "is not read here; its place is lessons/<module>/module.yaml"),
]
MODULE = "performance-and-scalability-patterns"


@pytest.mark.parametrize(("old", "new", "says"), WRONG_PLACES)
def test_a_file_with_the_wrong_name_or_in_the_wrong_place_is_reported_once_with_what_is_right(content, old, new, says):
    old, new = (
        each.replace("LESSON", "MODULE/sagas-compensable-pivot-retriable").replace("MODULE", MODULE)
        for each in (old, new)
    )
    (content / new).parent.mkdir(exist_ok=True)
    (content / old).rename(content / new)
    (line,) = checkcourse_lines()
    assert line.startswith(f"{content / new}:1: is not read here; ")
    assert says in line


def test_misconceptions_under_another_name_are_reported_and_that_they_are_missing_but_not_each_option(content):
    (content / "misconceptions.yaml").rename(content / "misconception.yaml")
    assert checkcourse_lines() == [
        f"{content}/misconception.yaml:1: is not read here; its place is lessons/misconceptions.yaml",
        f"{content}/misconceptions.yaml:1: cannot be read: No such file or directory",
    ]


@pytest.mark.parametrize(
    ("name", "new", "says"),
    [
        (EXPERIMENTS, "\nloose-coupling:\n  title: Again\n", "experiment 'loose-coupling' is given twice"),
        ("misconceptions.yaml", "\nthe-earth-is-flat:\n", "misconception 'the-earth-is-flat' is empty"),
    ],
)
def test_a_mistake_in_experiments_or_misconceptions_is_reported(content, name, new, says):
    file = changed(content, name, "", new)
    assert any(line.startswith(f"{file}:") and says in line for line in checkcourse_lines())


def test_a_folder_that_is_not_there_is_reported(content, settings):
    settings.LESSONS_DIR = content / "nowhere"
    assert checkcourse_lines() == [f"{content}/nowhere:1: is no folder"]
