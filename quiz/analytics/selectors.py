"""What is read for authors: three queries for all figures, however many answers there are."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from content.problems import ContentError, Problem
from content.source_location import SourceLocation
from quiz.analytics.flags import worst_first
from quiz.analytics.item_statistics import item_statistics
from quiz.analytics.model import Item, QuestionVersion, Taken, share
from quiz.analytics.wordings import Asked
from quiz.bank.answer_keys import with_keys
from quiz.bank.loader import bank_files, bank_of
from quiz.bank.model import Bank, Question
from quiz.bank.own_run_questions import OWN_RUN_PREFIX
from quiz.models import Answer, Attempt, Purpose, Report


@dataclass(frozen=True)
class Banks:
    """The banks as their files stand, by lesson, keys known; and what is wrong with those that cannot be used."""

    files: Mapping[str, Path]
    sound: Mapping[str, Bank]
    problems: Mapping[str, Sequence[Problem]]

    def asks_now(self) -> dict[QuestionVersion, Question]:
        return {
            QuestionVersion(lesson, question.id, question.version): question
            for lesson, bank in self.sound.items()
            for question in bank.questions
        }

    def place(self, question_version: QuestionVersion) -> str:
        """Where to edit: the file, with the question's line if it is asked now; empty without a bank."""
        lesson, question, _ = question_version
        if lesson not in self.files:
            return ""
        if question_version in self.asks_now():
            return str(self.sound[lesson].location(question, "id"))
        return str(SourceLocation(self.files[lesson], 1)).rpartition(":")[0]

    def faults(self) -> dict[str, list[str]]:
        """Under each lesson whose bank cannot be used, what is wrong with it, with file and line."""
        return {lesson: [str(problem) for problem in problems] for lesson, problems in self.problems.items()}


def read_banks() -> Banks:
    """Every bank. One that is being mended does not keep its author from the figures."""
    files, sound, problems = bank_files(), {}, {}
    for lesson in files:
        try:
            if bank := bank_of(lesson):
                sound[lesson] = with_keys(bank)
        except ContentError as error:
            problems[lesson] = error.problems
    return Banks(files, sound, problems)


@dataclass
class _Seen:
    """What was read of one edition. `last` is the newest sitting whose answer counts."""

    taken: list[Taken]
    reports: int = 0
    last: UUID | None = None
    asked: Asked = field(default_factory=Asked)


Seen = dict[QuestionVersion, _Seen]


def _read_answers(seen: Seen) -> dict[UUID, list[QuestionVersion]]:
    """First answers only: who met a question before, in any version, in a check or in practice, has read its key.

    Moodle's item analysis takes first attempts for the same reason. Returns what each sitting contributes.
    """
    met, counted = set(), defaultdict[UUID, list[QuestionVersion]](list)
    for question_version, attempt, learner, is_counted, taken in _answers():
        who_met_what = (learner, question_version.lesson, question_version.question)
        is_first = who_met_what not in met
        met.add(who_met_what)
        if is_first and is_counted:
            counted[attempt].append(question_version)
            seen[question_version].last = attempt
            seen[question_version].taken.append(taken)
    return counted


def _answers() -> Iterator[tuple[QuestionVersion, UUID, UUID, bool, Taken]]:
    """Every answer, in the order in which they were given; those of finished checks are to be counted."""
    rows = (
        Answer.objects.exclude(question__startswith=OWN_RUN_PREFIX)
        .order_by("pk")
        .values_list(
            "attempt__lesson", "question", "version", "picks", "is_right", "confidence", "attempt", "attempt__learner",
            "attempt__purpose", "attempt__right_count", "attempt__question_count",
        )
    )  # fmt: skip
    for lesson, name, version, picks, is_right, confidence, attempt, learner, purpose, right, count in rows:
        rest = None if right is None else share(right - is_right, count - 1)
        taken = Taken(tuple(picks), is_right, confidence, rest)
        yield (
            QuestionVersion(lesson, name, version),
            attempt,
            learner,
            purpose == Purpose.CHECK and right is not None,
            taken,
        )


def _read_reports(seen: Seen) -> None:
    """Open reports, wherever the question was asked: practice shows a slip as well as a check."""
    rows = Report.objects.filter(settled_at=None).exclude(answer__question__startswith=OWN_RUN_PREFIX)
    names = ("answer__attempt__lesson", "answer__question", "answer__version", "answer__attempt__questions")
    for *question_version, asked in rows.values_list(*names):
        one = seen[QuestionVersion(*question_version)]
        one.reports += 1
        one.asked.reported = next((row for row in asked if row["id"] == question_version[1]), None)


def _read_words(seen: Seen, counted: Mapping[UUID, list[QuestionVersion]]) -> None:
    """What stood before the learners whose answers count."""
    finished = Attempt.objects.filter(purpose=Purpose.CHECK).exclude(right_count=None)
    for attempt, asked in finished.values_list("pk", "questions").iterator():
        rows = {row["id"]: row for row in asked} if attempt in counted else {}
        for question_version in counted.get(attempt, ()):
            if row := rows.get(question_version.question):
                seen[question_version].asked.add(row, is_newest=seen[question_version].last == attempt)


def _current(banks: Banks, seen: Iterable[QuestionVersion]) -> set[QuestionVersion]:
    """What the banks ask now; of a lesson without a sound bank, the newest version of each question."""
    newest: dict[tuple[str, str], QuestionVersion] = {}
    for question_version in sorted(seen):
        if question_version.lesson not in banks.sound:
            newest[question_version[:2]] = question_version
    return {*banks.asks_now(), *newest.values()}


def items(banks: Banks) -> list[Item]:
    """Every edition that a bank asks or that was ever answered in a check, worst first."""
    seen: Seen = defaultdict(lambda: _Seen([]))
    counted = _read_answers(seen)
    _read_reports(seen)
    _read_words(seen, counted)
    current, now = _current(banks, seen), banks.asks_now()
    found = (
        _item(question_version, seen[question_version], now.get(question_version), question_version in current)
        for question_version in {**now, **seen}
    )
    return worst_first(item for item in found if item)


def _item(question_version: QuestionVersion, seen: _Seen, now: Question | None, is_current: bool) -> Item | None:
    """None where no sitting has kept the words."""
    question = now or seen.asked.newest
    if question is None:
        return None
    return Item(
        question_version=question_version,
        question=question,
        statistics=item_statistics(question.kind, seen.taken),
        open_reports=seen.reports,
        is_current=is_current,
        others=seen.asked.others(question),
    )
