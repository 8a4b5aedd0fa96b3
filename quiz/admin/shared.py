"""What all that authors see has in common."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html

from quiz.analytics.model import QuestionVersion
from quiz.bank.own_run_questions import OWN_RUN_PREFIX
from quiz.models import Answer

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
else:
    ModelAdmin, TabularInline = admin.ModelAdmin, admin.TabularInline


class ReadOnly:
    """To be read by whoever may view it, and changed by nobody: marks and words stand as they were given."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def figures_of(question_version: QuestionVersion) -> str:
    """The address at which the figures of an edition are."""
    return reverse(
        "admin:quiz_askedquestion_detail",
        args=[question_version.lesson, question_version.version, question_version.question],
    )


def figures_for(answer: Answer) -> str:
    """The same for what was answered; empty for a question about a learner's own run, which has no figures."""
    if answer.question.startswith(OWN_RUN_PREFIX):
        return ""
    return figures_of(QuestionVersion(answer.attempt.lesson, answer.question, answer.version))


def linked(answer: Answer) -> str:
    """The question's name, with the way to its figures where it has any."""
    address = figures_for(answer)
    return format_html('<a href="{}">{}</a>', address, answer.question) if address else answer.question


def may_settle(request: HttpRequest) -> bool:
    return request.user.has_perm("quiz.change_report")
