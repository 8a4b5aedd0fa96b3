from course.checks import lessons_can_be_shown


def test_a_sound_course_passes_the_start_up_check(folder):
    folder.lesson()
    assert lessons_can_be_shown(None) == []


def test_a_wrong_file_stops_the_start_up_with_its_name(folder):
    file = folder.lesson(without="title")
    (error,) = lessons_can_be_shown(None)
    assert (error.id, error.msg) == ("course.E001", f"{file}: title: is missing")
    assert error.is_serious()


def test_a_misspelt_template_tag_stops_the_start_up_with_the_lesson_named(folder):
    folder.lesson(text="## Why\n\n{% saga_digram %}\n")
    folder.lesson("inbox")
    (error,) = lessons_can_be_shown(None)
    assert error.id == "course.E002"
    assert error.msg.startswith("basics/outbox.md: Invalid block tag")
    assert "saga_digram" in error.msg
