"""What search engines and sharing sites read: complete, escaped, and the same as what the reader sees."""

import json
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.django_db
REAL = "/lessons/choreography-vs-orchestration/"
STATIC = Path(__file__).parents[3] / "static"


def graph(html):
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    return json.loads(text)["@graph"]


def meta(html):
    return dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', html))


@pytest.fixture
def page(client):
    return client.get(REAL).content.decode()


def test_the_lesson_is_described_as_a_learning_resource(page):
    resource, _ = graph(page)
    assert resource["@type"] == "LearningResource"
    assert resource["name"] == "Choreography vs Orchestration"
    assert resource["url"] == f"http://testserver{REAL}"
    assert re.fullmatch(r"PT\d+M", resource["timeRequired"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", resource["dateModified"])
    assert resource["isPartOf"]["@type"] == "Course"
    assert resource["isAccessibleForFree"] is True
    assert len(resource["teaches"]) == 5
    assert all(
        resource[name]
        for name in ("description", "educationalLevel", "learningResourceType", "inLanguage", "author", "publisher")
    )


def test_the_breadcrumb_is_the_one_that_is_seen(page):
    _, crumbs = graph(page)
    names = [item["name"] for item in crumbs["itemListElement"]]
    assert names == ["Course", "Performance & Scalability Patterns", "Choreography vs Orchestration"]
    assert [item["position"] for item in crumbs["itemListElement"]] == [1, 2, 3]


def test_a_lesson_without_a_check_teaches_its_sections(client, folder):
    folder.lesson(text="## Why\n\nBecause.\n\n## How\n\nSo.\n")
    resource, _ = graph(client.get("/lessons/outbox/").content.decode())
    assert resource["teaches"] == ["Why", "How"]
    assert resource["timeRequired"] == "PT4M"


def test_no_title_ends_the_block_of_data(client, folder):
    title = "</script><script>alert(1)</script> & co"
    folder.lesson(title=json.dumps(title), summary=json.dumps('"quoted" <b>'))
    html = client.get("/lessons/outbox/").content.decode()
    assert "<script>alert" not in html
    assert graph(html)[0]["name"] == title
    assert 'content="&quot;quoted&quot; &lt;b&gt;"' in html


def test_a_shared_link_has_title_description_and_picture(page):
    tags = meta(page)
    assert tags["og:type"] == "article"
    assert tags["og:title"] == "Choreography vs Orchestration"
    assert tags["og:url"] == f"http://testserver{REAL}"
    assert tags["og:image"].startswith("http://testserver/static/sharing")
    assert tags["twitter:card"] == "summary_large_image"
    assert tags["description"] == tags["og:description"]


def test_the_picture_is_what_it_is_said_to_be(page):
    picture = (STATIC / "sharing.png").read_bytes()
    assert len(picture) <= 60 * 1024
    assert picture[:8] == b"\x89PNG\r\n\x1a\n"
    size = tuple(int.from_bytes(picture[at : at + 4]) for at in (16, 20))
    assert size == tuple(int(meta(page)[f"og:image:{side}"]) for side in ("width", "height"))


def test_a_search_engine_finds_every_lesson_and_is_kept_from_what_is_private_or_has_no_end(client, folder):
    folder.lesson(updated="2026-02-03")
    folder.lesson("inbox", order=2)
    robots = client.get("/robots.txt").content.decode()
    (sitemap,) = re.findall("Sitemap: http://testserver(.*)", robots)
    for place in ("check/attempts/", "check/answers/", "lessons/questions/"):
        assert f"Disallow: /{place}\n" in robots
    for page in ("runs", "compare", "load"):
        assert f"Disallow: /sandbox/{page}/*?\n" in robots
        assert f"Disallow: /sandbox/{page}/*/what-if/\n" in robots
        assert f"Disallow: /sandbox/{page}/\n" not in robots
    listed = client.get(sitemap).content.decode()
    assert "<loc>http://testserver/lessons/outbox/</loc><lastmod>2026-02-03</lastmod>" in listed
    assert "<loc>http://testserver/lessons/inbox/</loc>" in listed
    assert listed.startswith("<?xml")
