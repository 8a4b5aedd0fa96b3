"""Shows authors the questions that learners passed on to them."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from course.models import QuestionForAuthors

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


@admin.register(QuestionForAuthors)
class QuestionForAuthorsAdmin(ModelAdmin):
    """Lists questions by the section that is nearest to them; an author deletes what is done."""

    list_display = ("text", "lesson", "section", "is_covered", "passed_on")
    list_filter = ("lesson", "is_covered", "section")
    search_fields = ("text",)
    readonly_fields = ("text", "lesson", "section", "is_covered", "passed_on")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False
