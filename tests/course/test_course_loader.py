import os
from datetime import date

import pytest

from content.problems import ContentError
from course.loader import load_course
from course.model import Direction, Level, Weight


def refusal(folder):
    with pytest.raises(ContentError) as caught:
        load_course(folder.root)
    return str(caught.value)


def test_it_reads_a_lesson_with_its_facts(folder):
    folder.lesson()
    (module,) = load_course(folder.root).modules
    (lesson,) = module.lessons
    assert (module.title, lesson.slug, lesson.title) == ("Basics", "outbox", "Outbox")
    assert (lesson.weight, lesson.sandbox_minutes, lesson.check_minutes) == (Weight.MEDIUM, 3, 0)
    assert [section.anchor for section in lesson.sections] == ["why"]


def test_modules_and_lessons_stand_in_their_order_and_not_in_that_of_the_alphabet(folder):
    folder.module("advanced", "title: Advanced\norder: 2\n")
    folder.lesson("zebra", order=1)
    folder.lesson("ant", order=2)
    first, second = load_course(folder.root).modules
    assert (first.title, second.title) == ("Basics", "Advanced")
    assert [lesson.slug for lesson in first.lessons] == ["zebra", "ant"]


@pytest.mark.parametrize("field", ["title", "summary", "weight", "order", "sandbox_minutes", "check_minutes"])
def test_a_missing_field_is_refused_with_file_and_field(folder, field):
    file = folder.lesson(without=field)
    assert refusal(folder) == f"{file}:1: {field} is missing"


@pytest.mark.parametrize(
    ("field", "value", "fault"),
    [
        ("title", '""', "is empty"),
        ("title", "2026", "is 2026 to YAML; put it in quotes"),
        ("order", "first", "is 'first'; use a whole number"),
        ("sandbox_minutes", "-1", "is -1; use a whole number of 0 or more"),
        ("check_minutes", "yes", "is true; use a whole number"),
        ("level", "guru", "is 'guru'; use one of beginner, intermediate, advanced"),
        ("updated", "yesterday", "is 'yesterday'; use a day, such as 2026-11-25"),
        ("updated", "2026-11-25 10:00:00", "is 2026-11-25 10:00:00; use a day, such as 2026-11-25"),
        ("lang", "Deutsch", "is 'Deutsch'; use a language's code, such as en, de, pt-BR or zh-Hans"),
        ("dir", "up", "is 'up'; use one of ltr, rtl"),
        ("weight", "heavy", "is 'heavy'; use one of high, medium, low"),
    ],
)
def test_a_wrong_value_is_refused_with_file_and_field(folder, field, value, fault):
    file = folder.lesson(**{field: value})
    line = file.read_text().splitlines().index(f"{field}: {value}") + 1
    assert refusal(folder) == f"{file}:{line}: {field} {fault}"


def test_a_field_that_is_given_twice_is_refused_with_its_second_line(folder):
    file = folder.lesson(check_minutes="0\ntitle: Again")
    assert refusal(folder) == f"{file}:8: title is given twice"


def test_a_lesson_says_whom_it_is_for_and_when_it_was_gone_over(folder):
    folder.lesson(level="advanced", updated="2026-02-03")
    (module,) = load_course(folder.root).modules
    (lesson,) = module.lessons
    assert (lesson.level, lesson.updated) == (Level.ADVANCED, date(2026, 2, 3))


def test_a_lesson_that_does_not_say_is_for_the_middle_and_as_old_as_its_file(folder):
    os.utime(folder.lesson(), (1_000_000_000, 1_000_000_000))
    (module,) = load_course(folder.root).modules
    (lesson,) = module.lessons
    assert (lesson.level, lesson.updated) == (Level.INTERMEDIATE, date(2001, 9, 9))


@pytest.mark.parametrize(
    ("fields", "lang", "direction"),
    [
        ({}, "en", Direction.LEFT_TO_RIGHT),
        ({"lang": "zh-Hans"}, "zh-Hans", Direction.LEFT_TO_RIGHT),
        ({"lang": "ar-EG"}, "ar-EG", Direction.RIGHT_TO_LEFT),
        ({"lang": "ar", "dir": "ltr"}, "ar", Direction.LEFT_TO_RIGHT),
    ],
)
def test_a_lesson_says_its_language_and_from_that_follows_its_direction(folder, fields, lang, direction):
    folder.lesson(**fields)
    (module,) = load_course(folder.root).modules
    (lesson,) = module.lessons
    assert (lesson.lang, lesson.dir) == (lang, direction)


def test_a_misspelt_field_is_refused_and_the_right_ones_are_named(folder):
    file = folder.lesson(sumary="Oops")
    assert refusal(folder).startswith(
        f"{file}:8: sumary is no field here; did you mean 'summary'? The fields are title, summary"
    )


def test_broken_front_matter_is_refused_with_its_line(folder):
    file = folder.raw("---\ntitle: Outbox\nsummary: [open\norder: 1\n---\nText.\n")
    assert refusal(folder).startswith(f"{file}:4: ")


@pytest.mark.parametrize("name", ["yes", "On", "1", "null", "<<"])
def test_a_field_with_a_name_that_yaml_takes_for_something_else_is_refused_with_its_line(folder, name):
    file = folder.lesson(**{name: "{order: 2}"})
    assert refusal(folder).startswith(f"{file}:8: {name} is no field here; the fields are title, summary")


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("Two\a", "holds the control character #x07"),
        ("2026-13-45", "'2026-13-45' is not a possible value (of the kind 'timestamp'); a text needs quotes"),
        ("&all [*all]", "found unconstructable recursive node"),
        ("!!bool maybe", "'maybe' is not a possible value (of the kind 'bool'); a text needs quotes"),
    ],
)
def test_what_yaml_cannot_take_is_refused_with_its_line(folder, value, says):
    file = folder.lesson(summary=value)
    assert refusal(folder) == f"{file}:3: {says}"


def test_empty_lines_above_the_front_matter_count(folder):
    file = folder.raw("---\n\n\ntitle: [\n---\nText.\n")
    assert refusal(folder).startswith(f"{file}:5: ")


def test_what_is_no_file_is_refused(folder):
    file = folder.root / "basics" / "outbox" / "lesson.md"
    file.mkdir(parents=True)
    assert refusal(folder) == f"{file}:1: cannot be read: Is a directory"
    (folder.root / "glossary.yaml").unlink()
    assert refusal(folder) == f"{folder.root / 'glossary.yaml'}:1: cannot be read: No such file or directory"


def test_a_lesson_that_is_not_written_in_utf_8_is_refused_with_its_line(folder):
    file = folder.lesson(text="One.\n\nTwo.")
    file.write_bytes(file.read_bytes().replace(b"Two", "Zwölf".encode("latin-1")))
    assert refusal(folder) == f"{file}:11: is not written in UTF-8"


@pytest.mark.parametrize("text", ["Just text.\n", "---\ntitle: never closed\n", "", "Text\n---\ntitle: late\n---\n"])
def test_a_lesson_without_front_matter_is_refused(folder, text):
    file = folder.raw(text)
    assert refusal(folder) == f"{file}:1: the file must begin with front matter between two lines of ---"


def test_two_lessons_cannot_share_a_slug_over_all_modules(folder):
    first = folder.lesson()
    folder.module("extras", "title: Extras\norder: 2\n")
    second = folder.lesson(module="extras")
    assert refusal(folder) == f"{second}:1: the lesson's folder has the name of another one, which stands at {first}:1"


@pytest.mark.parametrize("slug", ["Out Box", "outbox_2", "-outbox", "Outbox"])
def test_a_folder_s_name_that_makes_no_address_is_refused(folder, slug):
    file = folder.lesson(slug)
    assert refusal(folder).startswith(f"{file}:1: the folder's name {slug!r} becomes the address")


def test_a_folder_without_a_module_file_is_refused(folder):
    (folder.root / "stray").mkdir()
    assert refusal(folder).startswith(f"{folder.root / 'stray' / 'module.yaml'}:1: is missing")


def test_a_broken_module_file_is_refused_with_its_line(folder):
    folder.module(text="title: Basics\norder: [1\n")
    assert refusal(folder).startswith(f"{folder.root / 'basics' / 'module.yaml'}:3: ")
    folder.module(text="title: Basics\norder: 1\nno: 2\n")
    assert refusal(folder).startswith(f"{folder.root / 'basics' / 'module.yaml'}:3: no is no field here")
    folder.module(text="title: Basics\norder: 1\ntitle: Again\n")
    assert refusal(folder) == f"{folder.root / 'basics' / 'module.yaml'}:3: title is given twice"


def test_two_modules_cannot_share_a_title(folder):
    folder.module("extras", "order: 2\ntitle: Basics\n")
    first, second = (folder.root / name / "module.yaml" for name in ("basics", "extras"))
    assert refusal(folder) == f"{second}:1: title is that of another module, which stands at {first}:1"


def test_a_folder_without_a_lesson_is_refused(folder):
    (folder.root / "basics" / "outbox").mkdir()
    file = folder.root / "basics" / "outbox" / "lesson.md"
    assert refusal(folder) == f"{file}:1: is missing; a lesson's folder holds the lesson"
