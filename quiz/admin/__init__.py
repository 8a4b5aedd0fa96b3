"""Pages for authors in Django's admin: statistics of questions, reports to settle, attempts to read."""

from quiz.admin.attempts import AnswerAdmin, AttemptAdmin
from quiz.admin.questions import QuestionAdmin
from quiz.admin.reports import ReportAdmin

__all__ = ["AnswerAdmin", "AttemptAdmin", "QuestionAdmin", "ReportAdmin"]
