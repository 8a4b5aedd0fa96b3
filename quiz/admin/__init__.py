"""What authors see in Django's admin: questions with their figures, reports to settle, sittings to read."""

from quiz.admin.questions import QuestionAdmin
from quiz.admin.reports import ReportAdmin
from quiz.admin.sittings import AnswerAdmin, AttemptAdmin

__all__ = ["AnswerAdmin", "AttemptAdmin", "QuestionAdmin", "ReportAdmin"]
