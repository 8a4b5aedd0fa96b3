"""Sittings and their answers, to be read."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html

from quiz.admin.shared import ModelAdmin, ReadOnly, TabularInline, figures_for, linked
from quiz.analytics.answer_view import answer_view
from quiz.models import Answer, Attempt


class Readable:
    """An answer in words: texts in place of names, and the way to the question's figures."""

    @admin.display(description="Question", ordering="question")
    def asked(self, answer: Answer) -> str:
        return linked(answer)

    @admin.display(description="Prompt")
    def prompt(self, answer: Answer) -> str:
        return answer_view(answer).prompt

    @admin.display(description="Picked")
    def picked(self, answer: Answer) -> str:
        return render_to_string("admin/quiz/answer/_picked.html", {"given": answer_view(answer)})

    @admin.display(description="Figures")
    def figures(self, answer: Answer) -> str:
        address = figures_for(answer)
        return format_html('<a href="{}">of the question</a>', address) if address else ""


class Answers(Readable, ReadOnly, TabularInline):
    model = Answer
    fields = ("asked", "version", "picked", "is_right", "confidence")
    readonly_fields = fields
    show_change_link = True


@admin.register(Attempt)
class AttemptAdmin(ReadOnly, ModelAdmin):
    """Without the learner: whose a sitting is, is nobody's business."""

    list_display = ("started_at", "lesson", "purpose", "pace", "right_count", "question_count", "committed_at")
    list_filter = ("lesson", "purpose", "pace")
    ordering = ("-started_at",)
    fields = ("lesson", "title", "purpose", "pace", "started_at", "committed_at", "right_count", "question_count")
    readonly_fields = fields
    inlines = (Answers,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attempt]:
        found: QuerySet[Attempt] = super().get_queryset(request)
        return found.defer("questions")


@admin.register(Answer)
class AnswerAdmin(Readable, ReadOnly, ModelAdmin):
    list_display = ("question", "version", "picked", "is_right", "confidence", "figures", "attempt")
    list_filter = ("attempt__lesson", "attempt__purpose", "is_right", "confidence")
    list_select_related = ("attempt",)
    search_fields = ("question",)
    ordering = ("-pk",)
    fields = ("asked", "version", "prompt", "picked", "is_right", "confidence", "attempt")
    readonly_fields = fields
