"""Questions with their figures, the worst first."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from quiz.admin.shared import ModelAdmin, ReadOnly, figures_of, may_settle
from quiz.analytics.answer_view import complaints
from quiz.analytics.flags import FLAGS, flags_of
from quiz.analytics.gift import gift
from quiz.analytics.model import Item, QuestionVersion
from quiz.analytics.selectors import items, read_banks
from quiz.models import AskedQuestion

Choices = list[dict[str, object]]


def _choices(request: HttpRequest, name: str, offered: Iterable[tuple[str, str]]) -> Choices:
    """A filter as the admin's own template takes it: each choice with the address that keeps the other filters."""
    query, chosen = request.GET.copy(), request.GET.get(name, "")
    choices: Choices = []
    for value, display in offered:
        query[name] = value
        choices.append({"display": display, "selected": value == chosen, "query_string": f"?{query.urlencode()}"})
    return choices


def _shown(found: Iterable[Item], request: HttpRequest) -> list[Item]:
    """The items of the lesson that is asked for, without older versions where only the current are."""
    lesson, is_narrow = request.GET.get("lesson", ""), request.GET.get("versions") == "current"
    return [
        item for item in found if lesson in ("", item.question_version.lesson) and (item.is_current or not is_narrow)
    ]


@admin.register(AskedQuestion)
class QuestionAdmin(ReadOnly, ModelAdmin):
    """Figures over many answers instead of rows of a table: the list and its details are views of their own."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        return [
            path("", view(self.figures), name="quiz_askedquestion_changelist"),
            path("<str:lesson>.gift.txt", view(self.gift), name="quiz_askedquestion_gift"),
            path("<str:lesson>/<int:version>/<path:question>/", view(self.detail), name="quiz_askedquestion_detail"),
        ]

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        shared = {**self.admin_site.each_context(request), "opts": self.opts}
        return TemplateResponse(request, f"admin/quiz/askedquestion/{template}.html", {**shared, **context})

    def figures(self, request: HttpRequest) -> HttpResponse:
        """Every question with its figures, worst first."""
        banks = read_banks()
        found = items(banks)
        lessons = sorted({item.question_version.lesson for item in found})
        context = {
            "title": "Questions",
            "rows": [(item, figures_of(item.question_version), _words(item)) for item in _shown(found, request)],
            "by_lesson": _choices(request, "lesson", [("", "All"), *zip(lessons, lessons, strict=True)]),
            "by_version": _choices(request, "versions", [("", "All"), ("current", "Current only")]),
            "banks": banks,
            "faults": [fault for told in banks.faults().values() for fault in told],
            "flags": FLAGS,
        }
        return self._page(request, "list", context)

    def detail(self, request: HttpRequest, lesson: str, version: int, question: str) -> HttpResponse:
        """One question: how its options are picked, its versions beside each other, and what learners report."""
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
                (flag, flag.says(question_versions[question_version]))
                for flag in flags_of(question_versions[question_version])
            ],
            "versions": [
                (item, figures_of(item.question_version)) for _, item in sorted(question_versions.items(), reverse=True)
            ],
            "complaints": complaints(question_version),
            "place": banks.place(question_version),
            "faults": banks.faults().get(lesson, []),
            "is_from_bank": question_version in banks.asks_now(),
            "may_settle": may_settle(request),
        }
        return self._page(request, "detail", context)

    def gift(self, request: HttpRequest, lesson: str) -> HttpResponse:
        """The lesson's bank to take away, in Moodle's format."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        bank = read_banks().sound.get(lesson)
        if bank is None:
            raise Http404(f"The lesson {lesson!r} has no question bank that could be exported.")
        text = gift(bank, request.build_absolute_uri(reverse("course:lesson", args=[lesson])))
        name = f'attachment; filename="{lesson}.gift.txt"'
        return HttpResponse(text, content_type="text/plain; charset=utf-8", headers={"Content-Disposition": name})


def _words(item: Item) -> list[str]:
    return [flag.says(item) for flag in flags_of(item)]
