"""Finds out which terms a question asks the meaning of, and which passages define them."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from course.ask.passages import Passage
from course.ask.words import stems_of

# Between stems: what stands before a term whose meaning is asked for, and after it.
ARTICLES = "(?:(?:an?|the|this|that|your|exact) )*(?:(?:term|word|concept|pattern) )?(?:of )?"
ASKS = "(?:what|whats|who) (?:(?:exact )?(?:is|are|was) )?(?:meant by )?"
TELLS = "(?:defin|explain|describ|mean by) |(?:mean|definit) of "
BEFORE = f"(?:^|(?<= ))(?:{ASKS}|{TELLS}){ARTICLES}"
AFTER = "(?: pattern)?(?= mean| and | or | but | in | exact| when | whi | how |$)"
MEANS = f"what (?:do|doe) {ARTICLES}{{term}}(?: pattern)? (?:actual )?mean"
ALONE = "^(?:(?:an?|the) )?{term}(?: mean| definit| explain| defin)?$"


class DefiningPassages:
    """The passages that define terms, by the stems of the terms' names."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = passages
        self._defined_in: dict[str, list[int]] = defaultdict(list)
        others: dict[str, str] = {}
        for at, passage in enumerate(passages):
            names = [_stemmed(name) for name in passage.defines]
            # In the glossary the first one is the term, and others are words under which lessons link to it.
            own = names if passage.lesson else names[:1]
            for name in own:
                self._defined_in[name].append(at)
            others |= {name: own[0] for name in names if name not in own}
        self._terms = _last_words(self._defined_in) | others | {name: name for name in self._defined_in}
        anything = "|".join(re.escape(name) for name in sorted(self._terms, key=len, reverse=True) if name)
        term = f"(?P<term>{anything})"
        shapes = (f"{BEFORE}{term}{AFTER}", MEANS.format(term=term), ALONE.format(term=term))
        self._asked = [re.compile(shape) for shape in shapes] if anything else []

    def asked_for(self, question: str, lesson: str) -> list[int]:
        """Returns the number of the passage that defines each term which is asked for.

        That is one of the lesson, or else one of the glossary, or else one of another lesson.
        """
        stems = _stemmed(question)
        terms = dict.fromkeys(self._terms[found["term"]] for shape in self._asked for found in shape.finditer(stems))
        return [min(self._defined_in[term], key=lambda at: self._distance(at, lesson)) for term in terms]

    def _distance(self, at: int, lesson: str) -> int:
        return [lesson, ""].index(own) if (own := self._passages[at].lesson) in (lesson, "") else 2


def _last_words(terms: Iterable[str]) -> dict[str, str]:
    """Returns each last word of a term that is that of no other one: an outbox is a transactional outbox."""
    last = [(term.rpartition(" ")[2], term) for term in terms]
    often = Counter(word for word, _ in last)
    return {word: term for word, term in last if often[word] == 1}


def _stemmed(text: str) -> str:
    return " ".join(stems_of(text))
