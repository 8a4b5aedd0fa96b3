"""A file that is half written takes no page from its readers."""

import pytest

from content.problems import ContentError

pytestmark = pytest.mark.django_db
INDEX, PAGE = "/lessons/", "/lessons/outbox/"


@pytest.fixture
def course(folder, client):
    folder.lesson()
    assert client.get(INDEX).status_code == 200
    return folder


def is_served_as_before(client):
    return all(client.get(page).status_code == 200 for page in (INDEX, "/glossary/")) and (
        "Because." in client.get(PAGE).content.decode()
    )


@pytest.mark.parametrize("text", ["---\ntitle: Outbox\n", '---\ntitle: Outbox\n---\n## Why\n\n{% experiment "hard'])
def test_while_a_lesson_is_half_written_the_course_is_served_as_before(course, client, text):
    course.raw(text)
    assert is_served_as_before(client)


def test_so_it_is_while_a_tag_is_unknown_or_an_argument_is_missing(course, client):
    for tag in ("{% nothing %}", "{% experiment %}"):
        course.lesson(text=f"## Why\n\n{tag}\n")
        assert is_served_as_before(client)


def test_so_it_is_while_the_glossary_or_an_experiment_is_wrong(course, client):
    course.glossary("idempotent: [")
    assert is_served_as_before(client)
    course.experiments("no-courier: {")
    assert is_served_as_before(client)


def test_a_new_lesson_that_is_wrong_is_not_there_yet(course, client):
    course.raw("---\ntitle: Ne", slug="new")
    assert is_served_as_before(client)
    course.lesson(slug="new", title="New")
    assert client.get("/lessons/new/").status_code == 200


def test_a_new_check_that_is_wrong_is_said_to_be_being_fixed(course, client):
    course.check("title: [")
    assert is_served_as_before(client)
    response = client.get("/check/outbox/")
    assert response.status_code == 503
    assert "This check is being fixed" in response.content.decode()


def test_what_authors_add_for_questions_takes_no_page_even_if_it_was_never_right(folder, client):
    folder.lesson()
    folder.raw("nonsense: 1\n", name="ask.yaml")
    assert is_served_as_before(client)
    assert "Because." in client.post(f"{PAGE}ask/", {"question": "Why?"}, follow=True).content.decode()


def test_what_is_mended_is_shown_at_once(course, client):
    course.raw("---\ntitle: Outbox\n")
    assert is_served_as_before(client)
    course.lesson(text="## Why\n\nBrand new words.\n")
    assert "Brand new words." in client.get(PAGE).content.decode()


def test_an_author_is_shown_the_error_instead(course, client, settings):
    settings.DEBUG = True
    course.raw("---\ntitle: Outbox\n")
    with pytest.raises(ContentError, match="front matter"):
        client.get(PAGE)
