"""Finds texts by the words that a question shares with them: stems, mended spelling, and rare words before common ones.

The ranking is Okapi BM25 (Robertson and Zaragoza, 2009), which rests on how rare a word is and how often a text has it.
"""

import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache, lru_cache

import snowballstemmer
from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.process import extractOne

# How soon a word's repetition stops to count, and how much the length of a text does.
SATURATION, LENGTH = 0.9, 0.4
WORD = re.compile("[^\\W_](?:[\\w'.-]*[^\\W_])?")
CAMEL_CASE = re.compile("(?<=[a-z])(?=[A-Z])")
# A word shorter than this is taken as it is; of longer ones a slip of the keyboard is mended.
SHORTEST_MENDED, LIKENESS = 5, 0.78
COMMON = frozenset(
    """a about after all also an and any are as at be been before both but by can could did do does each
    every for from had has have he her here his how i if in into is it its just may me might more most
    must my no not of off on once one only or other our out over own same shall she should so some still
    such than that the their them then there these they this those through to too two under until up us
    very was we were what when where which while who whom whose why will with would you your""".split()  # noqa: SIM905  (a list of words reads better as text)
)


class WordIndex:
    """The words of some texts. Scores are in the order of the texts."""

    def __init__(self, texts: Sequence[str]) -> None:
        spelt = [_words(text) for text in texts]
        self._counts = [Counter(map(_stem, words)) for words in spelt]
        self._known = sorted({word for words in spelt for word in words})
        self._stems = {_stem(word) for word in self._known}
        texts_with = Counter(stem for counts in self._counts for stem in counts)
        size = len(texts)
        self._rarity = {stem: math.log(1 + (size - n + 0.5) / (n + 0.5)) for stem, n in texts_with.items()}
        self._unknown = math.log(1 + (size + 0.5) / 0.5)
        lengths = [sum(counts.values()) for counts in self._counts]
        mean = sum(lengths) / (size or 1)
        self._lengths = [1 - LENGTH + LENGTH * length / (mean or 1) for length in lengths]

    def stems(self, question: str) -> list[str]:
        """Returns the stems of the question's words, without common ones, and with slips of the keyboard mended."""
        return list(dict.fromkeys(_stem(self._mended(word)) for word in _words(question)))

    def scores(self, question: str) -> list[float]:
        """Returns how well each text matches the question; 0 for one that shares no word with it."""
        stems = [stem for stem in self.stems(question) if stem in self._rarity]
        return [self._score(stems, counts, length) for counts, length in zip(self._counts, self._lengths, strict=True)]

    def strange(self, question: str) -> float:
        """Returns the share of the question's words that no text has, from 0 to 1; 1 where it has none."""
        weights = self._weights(question)
        known = sum(weight for stem, weight in weights.items() if stem in self._rarity)
        return 1.0 - known / (sum(weights.values()) or 1.0)

    def shares(self, question: str) -> list[float]:
        """Returns the share of the question's words that each text has, from 0 to 1; rare words count more."""
        weights = self._weights(question)
        whole = sum(weights.values()) or 1.0
        return [sum(weights[stem] for stem in weights if stem in counts) / whole for counts in self._counts]

    def _weights(self, question: str) -> dict[str, float]:
        """Returns how rare each of the question's stems is."""
        return {stem: self._rarity.get(stem, self._unknown) for stem in self.stems(question)}

    def _score(self, stems: list[str], counts: Counter[str], length: float) -> float:
        found = ((self._rarity[stem], counts[stem]) for stem in stems if stem in counts)
        return sum(rarity * n * (SATURATION + 1) / (n + SATURATION * length) for rarity, n in found)

    def _mended(self, word: str) -> str:
        if len(word) < SHORTEST_MENDED or _stem(word) in self._stems:
            return word
        likeness = DamerauLevenshtein.normalized_similarity
        found = extractOne(word, self._known, scorer=likeness, score_cutoff=LIKENESS)
        return found[0] if found else word


def _words(text: str) -> list[str]:
    """Returns the words of a text in lower case, without common ones; `OrderPlaced` counts as two."""
    return [word for word in spelt_words(text) if word not in COMMON]


def spelt_words(text: str) -> list[str]:
    """Returns all words of a text in lower case; `OrderPlaced` counts as two."""
    return WORD.findall(CAMEL_CASE.sub(" ", text.replace("\u2019", "'")).casefold())


def stems_of(text: str) -> list[str]:
    """Returns the stems of all words of a text."""
    return [_stem(word) for word in spelt_words(text)]


@cache
def _stemmer() -> snowballstemmer.stemmer:
    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=8_192)
def _stem(word: str) -> str:
    return str(_stemmer().stemWord(word))
