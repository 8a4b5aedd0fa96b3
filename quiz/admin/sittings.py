"""Sittings and their answers, to be read."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from quiz.admin.shared import ModelAdmin, ReadOnly, TabularInline
from quiz.models import Answer, Attempt


class Answers(ReadOnly, TabularInline):
    model = Answer
    fields = ("question", "version", "picks", "is_right", "confidence")


@admin.register(Attempt)
class AttemptAdmin(ReadOnly, ModelAdmin):
    """Without the learner: whose a sitting is, is nobody's business."""

    list_display = ("started_at", "lesson", "purpose", "pace", "right_count", "question_count", "committed_at")
    list_filter = ("lesson", "purpose", "pace")
    ordering = ("-started_at",)
    exclude = ("learner", "questions")
    inlines = (Answers,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attempt]:
        found: QuerySet[Attempt] = super().get_queryset(request)
        return found.defer("questions")


@admin.register(Answer)
class AnswerAdmin(ReadOnly, ModelAdmin):
    list_display = ("question", "version", "picks", "is_right", "confidence", "attempt")
    list_filter = ("attempt__lesson", "attempt__purpose", "is_right", "confidence")
    list_select_related = ("attempt",)
    search_fields = ("question",)
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Answer]:
        found: QuerySet[Answer] = super().get_queryset(request)
        return found.defer("attempt__questions")
