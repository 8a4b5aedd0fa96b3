"""Pages for authors in Django's admin: statistics of questions, reports to settle, sittings to read."""

from quiz.admin.questions import QuestionAdmin
from quiz.admin.reports import ReportAdmin
from quiz.admin.sittings import AnswerAdmin, AttemptAdmin

__all__ = ["AnswerAdmin", "AttemptAdmin", "QuestionAdmin", "ReportAdmin"]
