"""Measures how well questions are answered, on questions of which it is known where the answer stands."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from statistics import quantiles
from time import perf_counter

from content.schema import AuthoredEntry, Text, Texts, validate
from content.yaml_source import read_document
from course.ask.calibration import Calibration, Measures, learn
from course.ask.index import ComparedText, Index
from course.ask.search import SearchResult, search

FILE = Path(__file__).with_name("evaluation.yaml")
# Questions that are covered, of which so many may be refused.
REFUSED = 0.04
# In so many parts are lines and topics of authors left out, so that most of the others remain.
PARTS = 10


class Half(StrEnum):
    """The half of the questions that a setting may be chosen by, and the half that it is judged by."""

    TUNING = "tuning"
    HELD_OUT = "held-out"


class CoveredQuestion(AuthoredEntry):
    """A question that a lesson answers, with the anchors of the sections where the answer stands."""

    ask: Text
    lesson: Text
    sections: Texts
    half: Half


class OtherQuestion(AuthoredEntry):
    """A question that no lesson answers."""

    ask: Text
    lesson: Text
    half: Half


class Questions(AuthoredEntry):
    """An evaluation set."""

    covered: tuple[CoveredQuestion, ...]
    not_covered: tuple[OtherQuestion, ...]


@dataclass(frozen=True, slots=True)
class AskFigures:
    """What came of one half. Shares are from 0 to 1; `milliseconds` is the 95th percentile of a search."""

    covered: int
    others: int
    first: float
    in_top: float
    refused_others: float
    refused_covered: float
    milliseconds: float


def questions() -> Questions:
    """Returns the evaluation set. Raises ContentError."""
    return validate(Questions, read_document(FILE))


def evaluate(index: Index, half: Half, asked: Questions) -> AskFigures:
    """Returns how well the questions of one half are answered from an index."""
    times: list[float] = []
    covered = [one for one in asked.covered if one.half is half]
    others = [one for one in asked.not_covered if one.half is half]
    answers = [(one, _timed(one.ask, one.lesson, index, times)) for one in covered]
    refusals = [_timed(one.ask, one.lesson, index, times) for one in others]
    places = [[(found.passage.lesson, found.passage.section.anchor) for found in one.found] for _, one in answers]
    right = [{(one.lesson, section) for section in one.sections} for one in covered]
    return AskFigures(
        len(covered),
        len(others),
        _share(place[0] in where for place, where in zip(places, right, strict=True)),
        _share(bool(where.intersection(place)) for place, where in zip(places, right, strict=True)),
        _share(not one.is_covered for one in refusals),
        _share(not one.is_covered for _, one in answers),
        quantiles(times, n=20)[-1] * 1000,
    )


def fit(index: Index, asked: Questions) -> Calibration:
    """Learns when a question is covered, from what authors have added and from the half for tuning."""

    def measures(ones: Iterable[CoveredQuestion | OtherQuestion]) -> list[Measures]:
        return [search(one.ask, one.lesson, index).measures for one in ones if one.half is Half.TUNING]

    left_out = list(ask_left_out(index))
    lines = [result.measures for text, result in left_out if text.passage is not None]
    topics = [result.measures for text, result in left_out if text.passage is None]
    return learn([lines, measures(asked.covered)], topics + measures(asked.not_covered), refused=REFUSED)


def ask_left_out(index: Index) -> Iterator[tuple[ComparedText, SearchResult]]:
    """Asks each line and topic of the authors as if it had not been written: of an index that is without its part."""
    texts = index.authored_texts
    lessons = list(dict.fromkeys(passage.lesson for passage in index.passages if passage.lesson))
    for number in range(PARTS):
        part = texts[number::PARTS]
        rest = index.without(text.text for text in part)
        for text in part:
            # What belongs to all lessons is asked in one of them.
            yield text, search(text.text, text.lesson or lessons[number % len(lessons)], rest)


def _timed(question: str, lesson: str, index: Index, times: list[float]) -> SearchResult:
    start = perf_counter()
    result = search(question, lesson, index)
    times.append(perf_counter() - start)
    return result


def _share(outcomes: Iterable[bool]) -> float:
    found = list(outcomes)
    return sum(found) / len(found)
