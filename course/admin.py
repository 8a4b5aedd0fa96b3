"""Shows authors the questions that learners passed on to them."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from course.library import find_lesson
from course.models import QuestionForAuthors

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


@admin.register(QuestionForAuthors)
class QuestionForAuthorsAdmin(ModelAdmin):
    """Lists questions by the section that is nearest to them; an author marks those that are settled."""

    list_display = ("text", "place", "passed_on", "is_settled")
    list_filter = ("is_settled", "is_covered", "lesson", "section")
    search_fields = ("text",)
    fields = readonly_fields = ("text", "place", "is_covered", "passed_on", "is_settled")
    actions = ("settle", "open_again")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description="lesson: nearest section", ordering="lesson")
    def place(self, question: QuestionForAuthors) -> str | SafeString:
        """Links the lesson that was asked about, and the section that is nearest, wherever that stands."""
        page = _linked(question.lesson)
        if question.section_lesson:
            return format_html("{}: {}", page, _linked(question.section_lesson, question.section))
        address, term = f"{reverse('glossary')}#{question.section}", question.section.replace("-", " ")
        return format_html('{}: <a href="{}">glossary, {}</a>', page, address, term)

    @admin.action(description="Mark as settled")
    def settle(self, request: HttpRequest, chosen: QuerySet[QuestionForAuthors]) -> None:
        chosen.update(is_settled=True)

    @admin.action(description="Mark as not settled")
    def open_again(self, request: HttpRequest, chosen: QuerySet[QuestionForAuthors]) -> None:
        chosen.update(is_settled=False)


def _linked(slug: str, anchor: str = "") -> str | SafeString:
    """Returns a link to a lesson, or to one of its sections; words alone where the lesson is gone."""
    found = find_lesson(slug)
    if not found:
        return slug
    titles = {"": found.lesson.title} | {section.anchor: section.title for section in found.lesson.sections}
    address = reverse("course:lesson", args=[slug]) + (f"#{anchor}" if anchor else "")
    return format_html('<a href="{}">{}</a>', address, titles.get(anchor, anchor))
