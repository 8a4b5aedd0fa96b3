"""The lesson as it ships: everything it promises to teach is on the page, and every link leads somewhere."""

import re
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from config.settings import LESSONS_DIR
from course.loader import load_course
from course.markdown.renderer import DEFINITION
from course.templatetags.course_tags import address_of_experiment
from sandbox.labs.experiments import experiments

SLUG = "choreography-vs-orchestration"
SECTIONS = [
    ("the-service-coordination-problem", "The service coordination problem"),
    ("choreography", "Choreography: decentralised, event-driven"),
    ("orchestration", "Orchestration: centralised, command-driven"),
    ("side-by-side-comparison", "Side-by-side comparison"),
    ("hybrid-approaches", "Hybrid approaches"),
    ("real-world-uber", "Real world: Uber"),
    ("relation-to-the-saga-pattern", "Relation to the saga pattern"),
    ("interview-tip", "Interview tip"),
    ("knowledge-check", "Knowledge check"),
    ("ask-about-this-lesson", "Questions you can run"),
    ("sources", "Sources"),
]
REFUSED = {"validate-order", "reserve-inventory", "charge-customer", "schedule-fulfilment"}
VOID = {"meta", "link", "input", "br", "hr", "img", "path", "circle", "rect", "line"}


class Reader(HTMLParser):
    """The page as plain HTML: elements, headings with their words, table rows, defined terms, open elements."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.words, self.open, self.crossed = [], {}, [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        self.words.setdefault(tag, []).append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.crossed.append(tag)

    def handle_data(self, data):
        for tag in set(self.open):
            self.words[tag][-1] += data

    def all(self, tag):
        return [attrs for name, attrs in self.elements if name == tag]

    @property
    def ids(self):
        return [attrs["id"] for _, attrs in self.elements if "id" in attrs]


@pytest.fixture
def response(client, db):
    return client.get(reverse("course:lesson", args=[SLUG]))


@pytest.fixture
def html(response):
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def reader(html):
    return Reader(html)


@pytest.fixture(scope="module")
def written():
    lessons = (lesson for module in load_course(LESSONS_DIR).modules for lesson in module.lessons)
    return next(lesson for lesson in lessons if lesson.slug == SLUG).body


@pytest.fixture(scope="module")
def prose(written):
    return re.sub(r"\s+", " ", strip_tags(DEFINITION.sub("", written)))


def test_every_section_stands_in_its_order(html):
    found = re.findall(r'<h2[^>]* id="([^"]+)"><a [^>]+>([^<]+)</a></h2>', html[html.index('class="prose"') :])
    assert found == SECTIONS


def test_it_says_how_long_it_takes_to_read_and_to_try(html):
    assert "20 min read" in html
    assert "15 min in the sandbox" in html
    assert "5 min knowledge check" in html
    assert "High interview weight" in html


def test_the_breadcrumb_leads_back_to_the_module(html):
    crumbs = html[html.index("breadcrumb") : html.index("<h1>")]
    assert re.findall(r"<li[^>]*>(?:<a [^>]*>)?([^<]+)", crumbs) == [
        "Course",
        "Performance &amp; Scalability Patterns",
        "Choreography vs Orchestration",
    ]


def test_no_two_places_share_an_anchor(reader):
    assert len(reader.ids) == len(set(reader.ids))


def test_the_sandbox_links_reach_every_refusal_in_the_lesson(reader):
    wanted = {fail for a in reader.all("a") for fail in parse_qs(urlsplit(a["href"]).query).get("fail", [])}
    assert wanted == REFUSED


def test_each_consequence_leads_to_settings_that_show_it(html):
    listed = re.findall(r'<li id="([a-z-]+)">(.*?)</li>', html, re.DOTALL)
    linked = [name for name, text in listed if f"experiment={name}" in text or f"/labs/{name}/" in text]
    assert len(linked) == len(set(linked)) == 14
    assert {"event-proliferation", "scalability-bottleneck", "after-a-timeout"} <= set(linked)


def test_each_of_the_seven_rows_leads_to_settings_that_show_it(html):
    comparison = html[html.index('id="side-by-side-comparison"') : html.index('id="hybrid-approaches"')]
    rows = comparison[comparison.index("<tbody") : comparison.index("</tbody")].split("<tr")[1:]
    assert len(rows) == 7
    for row in rows:
        assert 'class="experiment"' in row


def test_both_runs_side_by_side_come_before_the_table(html):
    comparison = html[html.index('id="side-by-side-comparison"') : html.index('id="hybrid-approaches"')]
    assert comparison.index("<figure") < comparison.index("<table")


def test_all_diagrams_and_the_knowledge_check_are_on_the_page(html):
    prose = html[html.index('class="prose"') :]
    assert prose.count("<figure") == 4
    assert "<p><figure" not in prose
    assert "/check/" in prose[prose.index('id="knowledge-check"') : prose.index('id="ask-about-this-lesson"')]
    assert "{%" not in html


TERMS = [
    "service", "local transaction", "distributed transaction", "two-phase commit", "choreography", "event", "publish",
    "message broker", "subscribed", "coupling", "payload", "orchestration", "orchestrator", "command", "reply",
    "single point of failure", "bottleneck", "durable", "execution", "throughput", "organisational scale", "domain",
    "workflow engine", "fork", "saga", "compensating transactions", "saga orchestrator", "process manager", "timeout",
    "idempotent", "handlers", "at-least-once", "acknowledgement", "visibility timeout", "isolation",
]  # fmt: skip


@pytest.mark.parametrize("term", TERMS)
def test_every_term_is_defined_once(written, term):
    assert len(re.findall(rf"<dfn[^>]*>{term}</dfn>", written, re.IGNORECASE)) == 1


CORRECTIONS = [
    "open-sourced it in 2017", "version 1.0 came in June 2023", "Cloud Native Computing Foundation",
    "Maxim Fateev and Samar Abbas", "13 December 2023", "conductor-oss, maintained by Orkes",
    "both are only half true", "loses no state", "everything depends on the broker", "a potential one",
    "what did not scale was the complexity", "The dependency is reversed", "new, visible transaction",
    "Mostly it is the other way round", "The services need not know each other", "Cyclic dependencies",
    "a replicated store", "it must be deterministic", "or, if one said no, all of them to abort",
    "not a law of either style", "repeats until it is acknowledged", "in the same local transaction as the work",
    "joined the Cloud Native",
    "correlation id", "causation id", "Distributed tracing", "dead-letter queue", "idempotency key", "back-off",
    "Order holds per key", "schema evolution", "authorise the amount first", "Each command has a timeout",
    "a compensation can itself fail", "Common, but not a law", "Camunda 8 starts all undos at once",
    "Only those that took effect, or may have", "Nothing is undone past the pivot", "Say attempts, not retries",
    "means three tries in all", "so they make four", "not a kind of delivery", "not a bug of the broker",
    "task_reject_on_worker_lost", "1987", "eventually", "Lost update", "Dirty read", "Non-repeatable read",
    "Semantic lock", "Commutative updates", "Pessimistic view", "Reread value", "Version file", "By value",
    "25,000 events", "5 minutes", "51,200 events or 50 MB", "no limit on how many executions", "Checked on",
    "NServiceBus and MassTransit", "Compensable step", "Pivot", "Retriable step", "no 2PC",
]  # fmt: skip


@pytest.mark.parametrize("words", CORRECTIONS)
def test_it_says_what_is_true(prose, words):
    assert words in prose


INTERVIEW = ["Probe:", "A weak answer", "A strong answer", "Mid", "Senior", "Staff", "When NOT to use it", "60 seconds"]


@pytest.mark.parametrize("words", INTERVIEW)
def test_the_interview_section_has_every_layer(prose, words):
    assert words in prose[prose.index("The probe, and two answers") :]


def test_the_recall_has_five_points_that_can_be_ticked_without_scripts(reader):
    boxes = [box for box in reader.all("input") if box.get("type") == "checkbox"]
    assert len(boxes) == 5
    assert not any("disabled" in box for box in boxes)


def test_it_ends_with_a_place_to_type_a_question(html):
    ask = html[html.index('id="ask"') :]
    assert f'action="/lessons/{SLUG}/ask/"' in ask
    assert 'name="question"' in ask


def test_every_source_is_cited_in_the_text(html):
    sources = set(re.findall(r'<li id="fn:([^"]+)"', html))
    assert len(sources) == 32
    assert sources == set(re.findall(r'href="#fn:([^"]+)"', html))


def test_it_is_sound_html_that_needs_no_script_or_inline_style(reader):
    assert (reader.crossed, reader.open) == ([], [])
    # Where files were collected, names hold a digest.
    scripts = [re.sub(r"\.[0-9a-f]{12}", "", script["src"]) for script in reader.all("script") if "src" in script]
    assert scripts == [
        "/static/js/base/theme.js",
        "/static/django_htmx/htmx-2.min.js",
        "/static/js/sandbox/figure.js",
        "/static/js/course/lesson.js",
        "/static/js/course/ask.js",
    ]
    for _, attrs in reader.elements:
        assert "style" not in attrs
        assert not [name for name in attrs if name.startswith("on")]


def test_it_loads_nothing_from_another_site(reader):
    asked = [attrs for tag in ("script", "link", "img") for attrs in reader.all(tag)]
    loaded = [attrs.get("src") or attrs.get("href", "/") for attrs in asked if attrs.get("rel") != "canonical"]
    assert loaded
    assert all(address.startswith("/") for address in loaded)


@pytest.mark.django_db
@pytest.mark.parametrize("name", experiments())
def test_every_experiment_leads_back_to_the_place_that_it_shows(client, name):
    place = address_of_experiment(name)
    lesson, _, anchor = place.partition("#")
    assert f'id="{anchor}"' in client.get(lesson).content.decode()
    page = client.get(experiments()[name].setup).content.decode()
    assert f'<a href="{place}">From the lesson</a>' in page
