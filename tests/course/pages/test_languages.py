"""What a lesson in another language says is its author's; all that the product adds is marked as English."""

import re
from html.parser import HTMLParser

import pytest

pytestmark = pytest.mark.django_db
# Attributes that are read out. The name of a block of code says its language, which is no word of any language.
SPOKEN = ("aria-label", "title", "alt")
VOID = {"br", "hr", "img", "input", "link", "meta", "path", "circle", "line", "rect"}
TEXT = """
## Warum {: #warum }

Ein Absatz mit [[idempotent]] und `code`.[^1]
{: #absatz }

- Ein Punkt
  {: #punkt }
- [ ] Offen
- [x] Erledigt

| Frage | Antwort |
| --- | --- |
| Wer | Niemand |

```python
x = 1
```

$$ x $$

{% saga_diagram "order" "choreography" fail="charge-customer" %}

{% both_styles "order" fail="charge-customer" %}

## Selbst {: #selbst }

{% knowledge_check lesson.slug %}

///Footnotes Go Here///

[^1]: Ein Buch.
"""
CHECK = """
title: Ausgang
objectives: {1: Wissen}
questions:
  - id: eine
    version: 1
    objective: 1
    kind: true-false
    asks: why
    prompt: Stimmt das?
    options:
      - {id: "true", right: true, why: "Ja, so ist es."}
      - {id: "false", right: false, why: "Nein, denn so ist es."}
"""


class SpokenWords(HTMLParser):
    """Collects the texts and names of a page under the language that they are marked with."""

    def __init__(self):
        super().__init__()
        self.open, self.spoken = [("html", "en")], []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        lang = given.get("lang", self.open[-1][1])
        if tag not in VOID:
            self.open.append((tag, lang))
        if tag != "pre":
            self.spoken += [(lang, given[name]) for name in SPOKEN if given.get(name)]

    def handle_endtag(self, tag):
        while tag in [name for name, _ in self.open] and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if data.strip() and self.open[-1][0] not in ("script", "title"):
            self.spoken.append((self.open[-1][1], data.strip()))


def spoken(html, lang):
    reader = SpokenWords()
    reader.feed(html)
    return [text for marked_as, text in reader.spoken if marked_as == lang]


@pytest.fixture
def page(folder, client, settings):
    settings.QUIZ_TRACE = "sandbox.public.plan_traces.trace"
    folder.check(CHECK)
    folder.lesson(text=TEXT, title="Ausgang", summary="Wie es geht.", lang="de", check_minutes=1)
    folder.lesson("another", title="Another", order=2)
    return client.get("/lessons/outbox/").content.decode()


def test_only_the_authors_own_words_are_in_the_language_of_the_lesson(page):
    own = re.sub(
        r"\W+", " ", f"{TEXT} Ausgang Wie es geht 1 ↩ Having the same effect when done twice as when done once"
    )
    foreign = [text for text in spoken(page, "de") if re.sub(r"\W+", " ", text).strip() not in own]
    assert foreign == []


def test_what_the_product_adds_is_english_and_what_the_author_wrote_is_not(page):
    english = " ".join(spoken(page, "en"))
    for words in ("Play it", "Link to this paragraph", "Link to this point", "Take the knowledge check", "On this page",
                  "Back to source", "Previous and next lesson", "Another"):  # fmt: skip
        assert words in english
    for words in ("Ein Absatz", "Niemand", "Wie es geht."):
        assert words not in english


@pytest.mark.parametrize("path", ["/lessons/outbox/", "/lessons/outbox/ask/"])
def test_a_quote_and_the_title_of_the_lesson_keep_its_language_in_what_is_asked_about_it(page, client, path):
    answer = client.post("/lessons/outbox/ask/", {"question": "Absatz code"}, headers={"HX-Request": "true"})
    quoted = answer.content.decode()
    assert '<blockquote lang="de"' in quoted
    assert any("Ein Absatz" in text for text in spoken(quoted, "de"))
    assert "Ausgang" in spoken(client.get(path).content.decode(), "de")
