"""Shared parts of the pages for authors: permissions, and links to statistics."""

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
    """Forbids all changes: marks and texts stay as they were given."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def statistics_address(question_version: QuestionVersion) -> str:
    """Returns the address of the statistics of a question version."""
    return reverse(
        "admin:quiz_askedquestion_detail",
        args=[question_version.lesson, question_version.version, question_version.question],
    )


def statistics_address_of(answer: Answer) -> str:
    """Returns the address of the statistics of the question answered; "" for one about a learner's own run."""
    if answer.question.startswith(OWN_RUN_PREFIX):
        return ""
    return statistics_address(QuestionVersion(answer.attempt.lesson, answer.question, answer.version))


def question_link(answer: Answer) -> str:
    """Returns the question's name, as a link to its statistics where it has any."""
    address = statistics_address_of(answer)
    return format_html('<a href="{}">{}</a>', address, answer.question) if address else answer.question


def may_settle(request: HttpRequest) -> bool:
    return request.user.has_perm("quiz.change_report")
