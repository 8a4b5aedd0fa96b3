"""Nothing that is nested in lists ends in another place than where it was written, however it is nested."""

import re
from html.parser import HTMLParser
from itertools import count
from random import Random

import pytest

from course.markdown.renderer import render

PLACES = {"ul", "ol", "li", "pre", "blockquote"}


class Written:
    """A list made at random: its lines, and for each word the elements that it must be in."""

    def __init__(self, seed):
        self.rng, self.numbers, self.places = Random(seed), count(1), {}
        self.lines = self.list_in((), depth=1)

    def word(self, place):
        word = f"w{next(self.numbers)}x"
        self.places[word] = place
        return word

    def list_in(self, place, depth):
        numbered, loose, lines = self.rng.random() < 0.4, self.rng.random() < 0.3, []
        for number in range(1, self.rng.randint(2, 4)):
            mark = f"{number}. " if numbered else "- "
            first, *rest = self.item((*place, "ol" if numbered else "ul", "li"), depth)
            lines += [mark + first, *(" " * len(mark) * bool(line) + line for line in rest), *[""] * loose]
        return lines

    def item(self, place, depth):
        lines = [self.word(place)]
        for block in self.rng.choices(["list", "paragraph", "code", "quote"], k=self.rng.choice([0, 0, 1, 1, 2])):
            if block == "list" and depth < 3:
                lines += [*[""] * self.rng.randint(0, 1), *self.list_in(place, depth + 1)]
            elif block == "code":
                lines += ["", "```text", self.word((*place, "pre")), "```"]
            elif block == "quote":
                lines += ["", f"> {self.word((*place, 'blockquote'))}", *[""] * self.rng.randint(0, 1)]
            else:
                lines += ["", self.word(place), *[""] * self.rng.randint(0, 1)]
        return lines


class Shown(HTMLParser):
    """The elements that each word is in on the page."""

    def __init__(self, html):
        super().__init__()
        self.open, self.places = [], {}
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.open += [tag] * (tag in PLACES)

    def handle_endtag(self, tag):
        if tag in PLACES:
            self.open.pop()

    def handle_data(self, data):
        self.places |= {word: tuple(self.open) for word in re.findall(r"w\d+x", data)}


@pytest.mark.parametrize("seed", range(300))
def test_every_word_of_nested_lists_is_where_it_was_written(seed):
    written = Written(seed)
    text = "\n".join(written.lines)
    assert Shown(render(text).body).places == written.places, text
