"""Shows attempts and their answers, read-only."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import format_html

from quiz.admin.shared import ModelAdmin, ReadOnly, TabularInline, question_link, statistics_address_of
from quiz.analytics.answer_view import answer_view
from quiz.models import Answer, Attempt


class AnswerTexts:
    """Shows an answer by texts instead of ids, with a link to the question's statistics."""

    @admin.display(description="Question", ordering="question")
    def asked(self, answer: Answer) -> str:
        return question_link(answer)

    @admin.display(description="Prompt")
    def prompt(self, answer: Answer) -> str:
        return answer_view(answer).prompt

    @admin.display(description="Picked")
    def picked(self, answer: Answer) -> str:
        return render_to_string("admin/quiz/answer/_picked.html", {"answer_view": answer_view(answer)})

    @admin.display(description="Figures")
    def figures(self, answer: Answer) -> str:
        address = statistics_address_of(answer)
        return format_html('<a href="{}">of the question</a>', address) if address else ""


class AnswerInline(AnswerTexts, ReadOnly, TabularInline):
    model = Answer
    fields = ("asked", "version", "picked", "is_right", "confidence")
    readonly_fields = fields
    show_change_link = True


@admin.register(Attempt)
class AttemptAdmin(ReadOnly, ModelAdmin):
    """Shows attempts without their learner, who stays anonymous."""

    list_display = ("started_at", "lesson", "purpose", "pace", "right_count", "question_count", "committed_at")
    list_filter = ("lesson", "purpose", "pace")
    ordering = ("-started_at",)
    fields = ("lesson", "title", "purpose", "pace", "started_at", "committed_at", "right_count", "question_count")
    readonly_fields = fields
    inlines = (AnswerInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Attempt]:
        found: QuerySet[Attempt] = super().get_queryset(request)
        return found.defer("questions")


@admin.register(Answer)
class AnswerAdmin(AnswerTexts, ReadOnly, ModelAdmin):
    list_display = ("question", "version", "picked", "is_right", "confidence", "figures", "attempt")
    list_filter = ("attempt__lesson", "attempt__purpose", "is_right", "confidence")
    list_select_related = ("attempt",)
    search_fields = ("question",)
    ordering = ("-pk",)
    fields = ("asked", "version", "prompt", "picked", "is_right", "confidence", "attempt")
    readonly_fields = fields
