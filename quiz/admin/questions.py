"""Lists questions with their statistics, the worst first, and shows one in detail."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from quiz.admin.shared import ModelAdmin, ReadOnly, may_settle, statistics_address
from quiz.analytics.answer_view import report_views
from quiz.analytics.flags import FLAGS, flags_of
from quiz.analytics.model import Item, QuestionVersion
from quiz.analytics.selectors import items, read_banks
from quiz.exchange.formats import BANK_FORMATS
from quiz.models import AskedQuestion

Choices = list[dict[str, object]]


def _choices(request: HttpRequest, name: str, offered: Iterable[tuple[str, str]]) -> Choices:
    """Returns the choices of a filter for the admin's template, each with an address that keeps the other filters."""
    query, chosen = request.GET.copy(), request.GET.get(name, "")
    choices: Choices = []
    for value, display in offered:
        query[name] = value
        choices.append({"display": display, "selected": value == chosen, "query_string": f"?{query.urlencode()}"})
    return choices


def _filtered(found: Iterable[Item], request: HttpRequest) -> list[Item]:
    """Returns the items that the request's filters select."""
    lesson, is_current_only = request.GET.get("lesson", ""), request.GET.get("versions") == "current"
    return [
        item
        for item in found
        if lesson in ("", item.question_version.lesson) and (item.is_current or not is_current_only)
    ]


@admin.register(AskedQuestion)
class QuestionAdmin(ReadOnly, ModelAdmin):
    """Shows statistics over many answers instead of rows of a table, by views of its own."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("", view(self.figures), name="quiz_askedquestion_changelist"),
            *(
                path(
                    f"<str:lesson>.{each.suffix}", view(self.export), {"name": name}, name=f"quiz_askedquestion_{name}"
                )
                for name, each in BANK_FORMATS.items()
            ),
            path("<str:lesson>/<int:version>/<path:question>/", view(self.detail), name="quiz_askedquestion_detail"),
        ]

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        shared = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, f"admin/quiz/askedquestion/{template}.html", {**shared, **context})

    def figures(self, request: HttpRequest) -> HttpResponse:
        """Lists every question with its statistics, the worst first."""
        banks = read_banks()
        found = items(banks)
        lessons = sorted({item.question_version.lesson for item in found})
        context = {
            "title": "Questions",
            "rows": [
                (item, statistics_address(item.question_version), _flag_texts(item))
                for item in _filtered(found, request)
            ],
            "by_lesson": _choices(request, "lesson", [("", "All"), *zip(lessons, lessons, strict=True)]),
            "by_version": _choices(request, "versions", [("", "All"), ("current", "Current only")]),
            "banks": banks,
            "problems": [problem for problems in banks.problem_texts().values() for problem in problems],
            "advice": banks.advice_texts(request.GET.get("lesson", "")),
            "flags": FLAGS,
        }
        return self._page(request, "list", context)

    def detail(self, request: HttpRequest, lesson: str, version: int, question: str) -> HttpResponse:
        """Shows one question: how its options are picked, its versions, and what learners report."""
        question_version = QuestionVersion(lesson, question, version)
        banks = read_banks()
        question_versions = {
            item.question_version: item for item in items(banks) if item.question_version[:2] == question_version[:2]
        }
        if question_version not in question_versions:
            raise Http404(f"{lesson} has no question {question!r} in version {version}, neither asked nor in its bank.")
        context = {
            "title": f"{question}, version {version}",
            "item": question_versions[question_version],
            "flags": [
                (flag, flag.text(question_versions[question_version]))
                for flag in flags_of(question_versions[question_version])
            ],
            "versions": [
                (item, statistics_address(item.question_version))
                for _, item in sorted(question_versions.items(), reverse=True)
            ],
            "reports": report_views(question_version),
            "location": banks.location(question_version),
            "problems": banks.problem_texts().get(lesson, []),
            "advice": banks.advice_on(question_version),
            "is_from_bank": question_version in banks.current_questions(),
            "may_settle": may_settle(request),
        }
        return self._page(request, "detail", context)

    def export(self, request: HttpRequest, lesson: str, name: str) -> HttpResponse:
        """Sends the lesson's bank as a file in the format of that name."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        bank, bank_format = read_banks().valid.get(lesson), BANK_FORMATS[name]
        if bank is None:
            raise Http404(f"The lesson {lesson!r} has no question bank that could be exported.")
        text = bank_format.write(bank, request.build_absolute_uri(reverse("course:lesson", args=[lesson])))
        saved_as = f'attachment; filename="{lesson}.{bank_format.suffix}"'
        content_type = f"{bank_format.content_type}; charset=utf-8"
        return HttpResponse(text, content_type=content_type, headers={"Content-Disposition": saved_as})


def _flag_texts(item: Item) -> list[str]:
    return [flag.text(item) for flag in flags_of(item)]
