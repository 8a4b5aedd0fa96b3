"""Describes answers and reports in words: what a learner was shown, and what they picked."""

from dataclasses import dataclass

from content.inline_markdown import plain
from quiz.analytics.model import QuestionVersion
from quiz.bank.model import Kind, Option
from quiz.models import Answer, Report


@dataclass(frozen=True)
class AnswerView:
    """An answer: the options in the order shown, each with whether it was picked, and the texts of the picks.

    For an ordering question all are picked, and `picks` is the order chosen. Where the answer is typed, the options
    are what the author expects, and `picks` is what was written.
    """

    prompt: str
    is_ordering: bool
    is_typed: bool
    options: tuple[tuple[Option, bool], ...]
    picks: tuple[str, ...]


def answer_view(answer: Answer) -> AnswerView:
    """Returns the answer with the texts that its attempt has kept."""
    question = next((each for each in answer.attempt.asked() if each.id == answer.question), None)
    options = question.options if question else ()
    texts = {option.id: plain(option.text) for option in options}
    return AnswerView(
        prompt=plain(question.prompt) if question else "",
        is_ordering=question is not None and question.kind is Kind.ORDERING,
        is_typed=question is not None and question.kind.is_typed,
        options=tuple((option, option.id in answer.picks) for option in options),
        picks=(answer.given,) if answer.given else tuple(texts.get(name, name) for name in answer.picks),
    )


@dataclass(frozen=True)
class ReportView:
    """A report with the answer that it is about."""

    report: Report
    answer_view: AnswerView


def report_view(report: Report) -> ReportView:
    return ReportView(report, answer_view(report.answer))


def report_views(question_version: QuestionVersion) -> list[ReportView]:
    """Returns learners' reports on the question version: open ones first, then the newest."""
    found = Report.objects.filter(
        answer__attempt__lesson=question_version.lesson,
        answer__question=question_version.question,
        answer__version=question_version.version,
    ).select_related("answer__attempt")
    return [report_view(report) for report in sorted(found, key=_open_then_newest)]


def _open_then_newest(report: Report) -> tuple[bool, float]:
    return report.settled_at is not None, -report.made_at.timestamp()
