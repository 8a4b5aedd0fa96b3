"""An `interview.yaml`: one file adds an interview, one entry a question, and each mistake is told with its line."""

import pytest

from content.lesson_files import lessons_root
from content.problems import ContentError
from course.interview.reader import interviews, read_interviews
from course.lint.checks import lessons_can_be_shown, lessons_lead_somewhere

QUESTION = """\
  - id: {id}
    prompt: Why an outbox?
    experiment: {experiment}
    mid:
      - {{text: One of mid, paragraph: why}}
      - {{text: Two of mid, paragraph: why}}
    senior:
      - {{text: One of senior, paragraph: why}}
      - {{text: Two of senior, paragraph: why}}
    staff:
      - {{text: One of staff, paragraph: {paragraph}}}
      - {{text: Two of staff, paragraph: why}}
"""


def written(folder, *changes, head="questions:\n"):
    """Writes an interview with a question for each set of changes."""
    usual = {"id": "opening", "experiment": "stops", "paragraph": "why"}
    folder.lesson()
    folder.experiments(
        "stops:\n  title: Stop\n  watch: It.\n  settings: {pace: step}\n  goal: nobody-knows-where-the-order-is\n"
    )
    text = head + "".join(QUESTION.format(**{**usual, **change}) for change in changes or [{}])
    return folder.raw(text, name="interview.yaml")


def replaced(file, old, new):
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))
    return file


def test_a_file_beside_a_lesson_is_its_interview_and_an_entry_is_a_question(folder, client, db):
    written(folder, {}, {"id": "second"})
    assert [one.id for one in interviews()["outbox"].questions] == ["opening", "second"]
    page = client.get("/lessons/outbox/interview/").content.decode()
    assert "2 questions on Outbox" in page
    assert "/lessons/outbox/interview/" in client.get("/lessons/outbox/").content.decode()
    assert lessons_can_be_shown() == []
    assert [message for message in lessons_lead_somewhere() if message.is_serious()] == []


def test_a_lesson_without_the_file_has_no_interview_and_no_link_to_one(folder, client, db):
    folder.lesson()
    assert client.get("/lessons/outbox/interview/").status_code == 404
    assert "/lessons/outbox/interview/" not in client.get("/lessons/outbox/").content.decode()


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("    experiment: stops\n", "", 2, "question 'opening': experiment is missing"),
        ("prompt:", "promt:", 3, "question 'opening': promt is no field here; did you mean 'prompt'?"),
        (
            "      - {text: Two of mid, paragraph: why}\n",
            "",
            5,
            "question 'opening': mid needs 2 to 4 points, and has 1",
        ),
        ("Two of staff", "One of staff", 11, "question 'opening': staff has a point that is there twice"),
        (
            "{text: One of mid, paragraph: why}",
            "One of mid",
            6,
            "question 'opening': mid[1] is 'One of mid'; use fields",
        ),
        ("id: opening", "id: an opening", 2, "question 'an opening': id is 'an opening'; use letters"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_with_what_is_allowed(folder, old, new, line, says):
    file = replaced(written(folder), old, new)
    (error,) = lessons_can_be_shown()
    assert (error.id, str(error.obj)) == ("course.E001", f"{file}:{line}")
    assert error.msg.startswith(says)
    with pytest.raises(ContentError):
        read_interviews(lessons_root())


def test_two_questions_may_not_share_an_id(folder):
    file = written(folder, {}, {})
    assert [str(error.obj) for error in lessons_can_be_shown()] == [f"{file}:2", f"{file}:14"]


def test_a_paragraph_and_an_experiment_that_are_not_there_are_told_by_checkcourse(folder, db):
    file = written(folder, {"paragraph": "whi", "experiment": "stop"})
    first, second = [message for message in lessons_lead_somewhere() if message.is_serious()]
    assert (first.id, str(first.obj)) == ("course.E007", f"{file}:12")
    assert first.msg == "question 'opening': paragraph: the lesson has no anchor #whi; did you mean 'why'?"
    assert str(second.obj) == f"{file}:4"
    assert second.msg == "question 'opening': unknown experiment 'stop'; use one of stops"
