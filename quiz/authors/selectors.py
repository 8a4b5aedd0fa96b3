"""What is read for authors: three queries for all figures, however many answers there are."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings

from quiz.authors.figures import figures
from quiz.authors.flags import worst_first
from quiz.authors.records import Edition, Item, Taken, share
from quiz.keys import keyed
from quiz.loader import bank_files, bank_of
from quiz.models import Answer, Attempt, Purpose, Report
from quiz.recall import OWN_RUN
from quiz.records import Bank, BankError, Kind, Option, Problem, Question


@dataclass(frozen=True)
class Banks:
    """The banks as their files stand, by lesson, keys known; and what is wrong with those that cannot be used."""

    files: Mapping[str, Path]
    sound: Mapping[str, Bank]
    problems: tuple[Problem, ...]

    def asks_now(self) -> dict[Edition, Question]:
        return {
            Edition(lesson, question.id, question.version): question
            for lesson, bank in self.sound.items()
            for question in bank.questions
        }

    def place(self, edition: Edition) -> str:
        """The file to edit, from the project's root; empty where the lesson has no bank any more."""
        file = self.files.get(edition.lesson)
        if file is None:
            return ""
        return str(file.relative_to(settings.BASE_DIR) if file.is_relative_to(settings.BASE_DIR) else file)


def read_banks() -> Banks:
    """Every bank. One that is being mended does not keep its author from the figures."""
    files, sound, problems = {file.stem: file for file in bank_files()}, {}, []
    for lesson in files:
        try:
            if bank := bank_of(lesson):
                sound[lesson] = keyed(bank)
        except BankError as error:
            problems += error.problems
    return Banks(files, sound, tuple(problems))


@dataclass
class _Seen:
    """What was read of one edition. `attempt` is one in which it was asked, for its words."""

    taken: list[Taken]
    reports: int = 0
    attempt: UUID | None = None


def _read_answers(seen: dict[Edition, _Seen]) -> None:
    """First answers only: who met a question before, in any version, in a check or in practice, has read its key.

    Moodle's item analysis takes first attempts for the same reason.
    """
    met = set()
    for edition, attempt, learner, is_counted, taken in _answers():
        who_met_what = (learner, edition.lesson, edition.question)
        is_first = who_met_what not in met
        met.add(who_met_what)
        if is_first and is_counted:
            seen[edition].attempt = attempt
            seen[edition].taken.append(taken)


def _answers() -> Iterator[tuple[Edition, UUID, UUID, bool, Taken]]:
    """Every answer, in the order in which they were given; those of finished checks are to be counted."""
    rows = (
        Answer.objects.exclude(question__startswith=OWN_RUN)
        .order_by("pk")
        .values_list(
            "attempt__lesson", "question", "version", "picks", "is_right", "confidence", "attempt", "attempt__learner",
            "attempt__purpose", "attempt__right_count", "attempt__question_count",
        )
    )  # fmt: skip
    for lesson, name, version, picks, is_right, confidence, attempt, learner, purpose, right, count in rows:
        rest = None if right is None else share(right - is_right, count - 1)
        taken = Taken(tuple(picks), is_right, confidence, rest)
        yield Edition(lesson, name, version), attempt, learner, purpose == Purpose.CHECK and right is not None, taken


def _read_reports(seen: dict[Edition, _Seen]) -> None:
    """Open reports, wherever the question was asked: practice shows a slip as well as a check."""
    rows = Report.objects.filter(settled_at=None).exclude(answer__question__startswith=OWN_RUN)
    names = ("answer__attempt__lesson", "answer__question", "answer__version", "answer__attempt")
    for *edition, attempt in rows.values_list(*names):
        one = seen[Edition(*edition)]
        one.reports += 1
        one.attempt = one.attempt or attempt


def _as_asked(seen: Mapping[Edition, _Seen]) -> dict[Edition, Question]:
    """The words of each edition as they stood in its newest sitting."""
    wanted = [one.attempt for one in seen.values() if one.attempt]
    found: dict[Edition, Question] = {}
    for attempt in Attempt.objects.filter(pk__in=wanted):
        for question in attempt.asked():
            edition = Edition(attempt.lesson, question.id, question.version)
            if edition in seen and seen[edition].attempt == attempt.pk:
                found[edition] = question
    return found


def _current(banks: Banks, seen: Iterable[Edition]) -> set[Edition]:
    """What the banks ask now; of a lesson without a sound bank, the newest version of each question."""
    newest: dict[tuple[str, str], Edition] = {}
    for edition in sorted(seen):
        if edition.lesson not in banks.sound:
            newest[edition[:2]] = edition
    return {*banks.asks_now(), *newest.values()}


def items(banks: Banks) -> list[Item]:
    """Every edition that a bank asks or that was ever answered in a check, worst first."""
    seen: dict[Edition, _Seen] = defaultdict(lambda: _Seen([]))
    _read_answers(seen)
    _read_reports(seen)
    current = _current(banks, seen)
    questions = {**banks.asks_now(), **_as_asked(seen)}
    return worst_first(
        Item(
            edition=edition,
            question=question,
            figures=figures(question.kind, seen[edition].taken),
            open_reports=seen[edition].reports,
            is_current=edition in current,
        )
        for edition, question in questions.items()
    )


@dataclass(frozen=True)
class Complaint:
    """A report with what its learner had before them: the options in the order shown, each with whether it was picked.

    An ordering question has all of them picked; `order` is how they were put.
    """

    report: Report
    is_ordering: bool
    options: tuple[tuple[Option, bool], ...]
    order: tuple[str, ...]


def complaints(edition: Edition) -> list[Complaint]:
    """What learners said of the edition: what is open first, then the newest."""
    found = Report.objects.filter(
        answer__attempt__lesson=edition.lesson, answer__question=edition.question, answer__version=edition.version
    ).select_related("answer__attempt")
    return [complaint(report) for report in sorted(found, key=_open_then_newest)]


def _open_then_newest(report: Report) -> tuple[bool, float]:
    return report.settled_at is not None, -report.made_at.timestamp()


def complaint(report: Report) -> Complaint:
    """The report with what its learner had before them."""
    answer = report.answer
    question = next((each for each in answer.attempt.asked() if each.id == answer.question), None)
    options = question.options if question else ()
    texts = {option.id: option.text for option in options}
    return Complaint(
        report=report,
        is_ordering=question is not None and question.kind is Kind.ORDERING,
        options=tuple((option, option.id in answer.picks) for option in options),
        order=tuple(texts.get(name, name) for name in answer.picks),
    )
