import re
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from course.templatetags.course_tags import address_of_experiment, section_title

pytestmark = pytest.mark.django_db


class Page(HTMLParser):
    """What a browser without scripts sees: ids, elements, and the text."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.text = [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]


def page(client, name, *args):
    response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return Page(response.content.decode())


def test_adding_a_lesson_is_adding_one_file(client, folder):
    folder.lesson()
    assert "Inbox" not in page(client, "course:index").text
    folder.lesson("inbox", title="Inbox", order=2)
    assert "Inbox" in page(client, "course:index").text
    assert "Because." in page(client, "course:lesson", "inbox").text


def test_an_edited_file_shows_without_a_restart(client, folder):
    folder.lesson(text="## Why\n\nOld words.\n")
    assert "Old words." in page(client, "course:lesson", "outbox").text
    folder.lesson(text="## Why\n\nBrand new words.\n")
    text = page(client, "course:lesson", "outbox").text
    assert "Brand new words." in text
    assert "Old words." not in text


def test_a_lesson_links_to_its_neighbours_over_modules_and_no_further(client, folder):
    folder.lesson()
    folder.module("extras", "title: Extras\norder: 2\n")
    folder.lesson("inbox", module="extras", title="Inbox")
    first, last = page(client, "course:lesson", "outbox"), page(client, "course:lesson", "inbox")
    assert [(a["rel"], a["href"]) for a in first.all("a") if "rel" in a] == [("next", "/lessons/inbox/")]
    assert [(a["rel"], a["href"]) for a in last.all("a") if "rel" in a] == [("prev", "/lessons/outbox/")]


def test_a_lonely_lesson_has_no_neighbours(client, folder):
    folder.lesson()
    assert not [a for a in page(client, "course:lesson", "outbox").all("a") if "rel" in a]


def test_minutes_that_are_zero_are_not_shown(client, folder):
    folder.lesson(sandbox_minutes=3, check_minutes=0)
    text = page(client, "course:lesson", "outbox").text
    assert "3 min in the sandbox" in text
    assert "min knowledge check" not in text


def test_an_unknown_lesson_is_a_404_that_says_so(client, folder):
    response = client.get("/lessons/nowhere/")
    assert response.status_code == 404
    assert "no lesson called “nowhere”" in response.content.decode()


def test_the_weight_badge_leads_to_what_the_weight_means(client, folder):
    folder.lesson(weight="high")
    lesson, index = page(client, "course:lesson", "outbox"), page(client, "course:index")
    assert "High interview weight" in re.sub(r"\s+", " ", lesson.text)
    assert "/lessons/#weight" in [a["href"] for a in lesson.all("a")]
    assert "weight" in [attrs.get("id") for _, attrs in index.elements]


def test_the_index_shows_modules_lessons_minutes_weight_and_state(client, folder):
    folder.lesson()
    text = re.sub(r"\s+", " ", page(client, "course:index").text)
    for part in ("Basics", "Outbox", "1 min read", "Medium interview weight", "Check not taken"):
        assert part in text


def test_author_text_is_not_run_as_html_in_titles(client, folder):
    folder.lesson(title='"<b>Bold</b>"')
    assert "<b>Bold" not in client.get("/lessons/").content.decode()


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_lessons_are_only_read(client, folder, method):
    folder.lesson()
    assert getattr(client, method)("/lessons/outbox/").status_code == 405


def test_menu_index_and_progress_cover_every_module(client, folder):
    folder.lesson()
    folder.module("extras", "title: Extras\norder: 2\n")
    folder.lesson("inbox", module="extras", title="Inbox")
    for found in (page(client, "course:index"), page(client, "course:lesson", "outbox")):
        text = re.sub(r"\s+", " ", found.text)
        assert "0 of 2 lessons completed" in text
        assert text.index("Basics") < text.index("Extras")
        assert {"/lessons/outbox/", "/lessons/inbox/"} <= {a["href"] for a in found.all("a")}


def test_the_weight_is_explained_where_it_stands(client, folder):
    folder.lesson(weight="low")
    assert "Seldom asked for itself." in page(client, "course:lesson", "outbox").text


@pytest.mark.parametrize(
    ("anchor", "title"),
    [
        ("real-world-uber", "Real world: Uber"),
        ("loose-coupling", "Loose coupling"),
        ("side-by-side-comparison", "Side-by-side comparison"),
    ],
)
def test_a_place_is_called_by_the_words_of_its_section_or_of_its_anchor(anchor, title):
    assert section_title(anchor, "choreography-vs-orchestration") == title
    assert section_title(anchor, "no-such-lesson") == anchor.replace("-", " ").capitalize()


def test_the_place_of_an_experiment_is_the_nearest_anchor_before_it(folder):
    folder.glossary("saga: A series of local transactions.")
    folder.lesson(
        text="""
        ## First

        A [[saga]].[^1] {% experiment "one" %}
        {: #here }

        {% experiment "two" button=True %}

        ## Second

        {% experiment "three" %}

        [^1]: A source.
    """
    )
    places = {name: address_of_experiment(name) for name in ("one", "two", "three", "four")}
    lesson = "/lessons/outbox/"
    assert places == {"one": f"{lesson}#here", "two": f"{lesson}#here", "three": f"{lesson}#second", "four": ""}
