"""Reads the statistics of all questions, by three queries for any number of answers."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from content.problems import ContentError, Problem
from content.source_location import SourceLocation
from quiz.analytics.flags import worst_first
from quiz.analytics.item_statistics import item_statistics
from quiz.analytics.model import CountedAnswer, Item, QuestionVersion, share
from quiz.analytics.wordings import WordingCounts
from quiz.bank.loader import bank_files, read_complete
from quiz.bank.model import Bank, Question
from quiz.bank.own_run_questions import OWN_RUN_PREFIX
from quiz.bank.style_rules import advice, advice_on
from quiz.models import Answer, Attempt, Purpose, Report


@dataclass(frozen=True)
class Banks:
    """The valid banks by lesson, with their keys; and the problems of the others."""

    files: Mapping[str, Path]
    valid: Mapping[str, Bank]
    problems: Mapping[str, Sequence[Problem]]

    def current_questions(self) -> dict[QuestionVersion, Question]:
        return {
            QuestionVersion(lesson, question.id, question.version): question
            for lesson, bank in self.valid.items()
            for question in bank.questions
        }

    def location(self, question_version: QuestionVersion) -> str:
        """Returns the file to edit, with the question's line if it is asked now; "" without a bank."""
        lesson, question, _ = question_version
        if lesson not in self.files:
            return ""
        if question_version in self.current_questions():
            return str(self.valid[lesson].location(question, "id"))
        return str(SourceLocation(self.files[lesson], 1)).rpartition(":")[0]

    def advice_texts(self, lesson: str = "") -> list[str]:
        """Returns what could be better in the valid banks, or in that of one lesson, with file and line."""
        return [str(each) for name, bank in self.valid.items() if lesson in ("", name) for each in advice(bank)]

    def advice_on(self, question_version: QuestionVersion) -> list[str]:
        """Returns what could be better in a question, if its bank is valid and asks that version now."""
        lesson, question, _ = question_version
        is_asked = question_version in self.current_questions()
        return [str(each) for each in advice_on(self.valid[lesson], question)] if is_asked else []

    def problem_texts(self) -> dict[str, list[str]]:
        """Returns what is wrong with each invalid bank, with file and line, by its lesson."""
        return {lesson: [str(problem) for problem in problems] for lesson, problems in self.problems.items()}


def read_banks() -> Banks:
    """Reads every bank. An invalid one does not hide the statistics from its author."""
    files, valid, problems = bank_files(), {}, {}
    for lesson, file in files.items():
        try:
            valid[lesson] = read_complete(file)
        except ContentError as error:
            problems[lesson] = error.problems
    return Banks(files, valid, problems)


@dataclass
class _VersionRecord:
    """What was read of one question version. `last` is the newest attempt whose answer counts."""

    answers: list[CountedAnswer]
    reports: int = 0
    last: UUID | None = None
    wordings: WordingCounts = field(default_factory=WordingCounts)


VersionRecords = dict[QuestionVersion, _VersionRecord]


def _read_answers(records: VersionRecords) -> dict[UUID, list[QuestionVersion]]:
    """Reads first answers, and returns the question versions that each attempt contributes to.

    A learner who met a question before, in any version, in a check or in practice, has read its key. Moodle's item
    analysis takes first attempts for the same reason.
    """
    met_before, counted = set(), defaultdict[UUID, list[QuestionVersion]](list)
    for question_version, attempt, learner, is_counted, answer in _answers():
        encounter = (learner, question_version.lesson, question_version.question)
        is_first = encounter not in met_before
        met_before.add(encounter)
        if is_first and is_counted:
            counted[attempt].append(question_version)
            records[question_version].last = attempt
            records[question_version].answers.append(answer)
    return counted


def _answers() -> Iterator[tuple[QuestionVersion, UUID, UUID, bool, CountedAnswer]]:
    """Yields every answer, in the order in which they were given; those of finished checks are to be counted."""
    rows = (
        Answer.objects.exclude(question__startswith=OWN_RUN_PREFIX)
        .order_by("pk")
        .values_list(
            "attempt__lesson", "question", "version", "picks", "is_right", "confidence", "attempt", "attempt__learner",
            "attempt__purpose", "attempt__right_count", "attempt__question_count", "given",
        )
    )  # fmt: skip
    for lesson, name, version, picks, is_right, confidence, attempt, learner, purpose, right, count, given in rows:
        rest = None if right is None else share(right - is_right, count - 1)
        answer = CountedAnswer(tuple(picks), is_right, confidence, rest, given)
        yield (
            QuestionVersion(lesson, name, version),
            attempt,
            learner,
            purpose == Purpose.CHECK and right is not None,
            answer,
        )


def _read_reports(records: VersionRecords) -> None:
    """Reads open reports, from practice as well as from checks."""
    rows = Report.objects.filter(settled_at=None).exclude(answer__question__startswith=OWN_RUN_PREFIX)
    names = ("answer__attempt__lesson", "answer__question", "answer__version", "answer__attempt__questions")
    for *question_version, questions in rows.values_list(*names):
        record = records[QuestionVersion(*question_version)]
        record.reports += 1
        record.wordings.reported = next((row for row in questions if row["id"] == question_version[1]), None)


def _read_wordings(records: VersionRecords, counted: Mapping[UUID, list[QuestionVersion]]) -> None:
    """Reads the wordings that were shown to learners whose answers count."""
    finished = Attempt.objects.filter(purpose=Purpose.CHECK).exclude(right_count=None)
    for attempt, questions in finished.values_list("pk", "questions").iterator():
        rows = {row["id"]: row for row in questions} if attempt in counted else {}
        for question_version in counted.get(attempt, ()):
            if row := rows.get(question_version.question):
                records[question_version].wordings.add(row, is_newest=records[question_version].last == attempt)


def _current(banks: Banks, records: Iterable[QuestionVersion]) -> set[QuestionVersion]:
    """Returns what the banks ask now; for a lesson without a valid bank, the newest version of each question."""
    newest: dict[tuple[str, str], QuestionVersion] = {}
    for question_version in sorted(records):
        if question_version.lesson not in banks.valid:
            newest[question_version[:2]] = question_version
    return {*banks.current_questions(), *newest.values()}


def items(banks: Banks) -> list[Item]:
    """Returns every question version that a bank asks or that was answered in a check, the worst first."""
    records: VersionRecords = defaultdict(lambda: _VersionRecord([]))
    counted = _read_answers(records)
    _read_reports(records)
    _read_wordings(records, counted)
    current, now = _current(banks, records), banks.current_questions()
    found = (
        _item(question_version, records[question_version], now.get(question_version), question_version in current)
        for question_version in {**now, **records}
    )
    return worst_first(item for item in found if item)


def _item(
    question_version: QuestionVersion, record: _VersionRecord, now: Question | None, is_current: bool
) -> Item | None:
    """Returns the item of a question version; None where no attempt has kept its wording."""
    question = now or record.wordings.newest
    if question is None:
        return None
    return Item(
        question_version=question_version,
        question=question,
        statistics=item_statistics(question.kind, record.answers),
        open_reports=record.reports,
        is_current=is_current,
        other_wordings=record.wordings.other_wordings(question),
    )
