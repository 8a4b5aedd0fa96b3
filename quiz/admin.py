"""What authors see in Django's admin: questions with their figures, reports to settle, sittings to read."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from quiz.authors.flags import FLAGS, flags_of
from quiz.authors.gift import gift
from quiz.authors.records import Edition, Item
from quiz.authors.selectors import complaint, complaints, items, read_banks
from quiz.authors.services import settle_reports
from quiz.models import Answer, AskedQuestion, Attempt, Report
from quiz.recall import OWN_RUN

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
    Choices = list[dict[str, object]]
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


def _detail(edition: Edition) -> str:
    return reverse("admin:quiz_askedquestion_detail", args=[edition.lesson, edition.version, edition.question])


def _choices(request: HttpRequest, name: str, offered: Iterable[tuple[str, str]]) -> "Choices":
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
    return [item for item in found if lesson in ("", item.edition.lesson) and (item.is_current or not is_narrow)]


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
        lessons = sorted({item.edition.lesson for item in found})
        context = {
            "title": "Questions",
            "rows": [(item, _detail(item.edition), _words(item)) for item in _shown(found, request)],
            "by_lesson": _choices(request, "lesson", [("", "All"), *zip(lessons, lessons, strict=True)]),
            "by_version": _choices(request, "versions", [("", "All"), ("current", "Current only")]),
            "banks": banks,
            "flags": FLAGS,
        }
        return self._page(request, "list", context)

    def detail(self, request: HttpRequest, lesson: str, version: int, question: str) -> HttpResponse:
        """One question: how its options are picked, its versions beside each other, and what learners report."""
        edition = Edition(lesson, question, version)
        banks = read_banks()
        editions = {item.edition: item for item in items(banks) if item.edition[:2] == edition[:2]}
        if edition not in editions:
            raise Http404(f"{lesson} has no question {question!r} in version {version}, neither asked nor in its bank.")
        context = {
            "title": f"{question}, version {version}",
            "item": editions[edition],
            "flags": [(flag, flag.says(editions[edition])) for flag in flags_of(editions[edition])],
            "versions": [(item, _detail(item.edition)) for _, item in sorted(editions.items(), reverse=True)],
            "complaints": complaints(edition),
            "place": banks.place(edition),
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


def may_settle(request: HttpRequest) -> bool:
    return request.user.has_perm("quiz.change_report")


@admin.register(Report)
class ReportAdmin(ReadOnly, ModelAdmin):
    list_display = ("text", "question", "version", "made_at", "settled_at")
    list_filter = (("settled_at", admin.EmptyFieldListFilter), "answer__attempt__lesson")
    list_select_related = ("answer__attempt",)
    ordering = ("-made_at",)
    actions = ("settle",)
    fields = ("question", "version", "made_at", "settled_at")
    readonly_fields = fields
    change_form_template = "admin/quiz/report/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        settle = self.admin_site.admin_view(require_POST(self.settle_one))
        return [path("<int:pk>/settle/", settle, name="quiz_report_settle"), *super().get_urls()]

    @admin.display(ordering="answer__question")
    def question(self, report: Report) -> str:
        """With the way to its figures; what was asked about a learner's own run has none."""
        name = report.answer.question
        return name if name.startswith(OWN_RUN) else format_html('<a href="{}">{}</a>', _figures_of(report), name)

    @admin.display(ordering="answer__version")
    def version(self, report: Report) -> int:
        return report.answer.version

    def has_settle_permission(self, request: HttpRequest) -> bool:
        return may_settle(request)

    @admin.action(description="Mark as settled", permissions=["settle"])
    def settle(self, request: HttpRequest, reports: QuerySet[Report]) -> None:
        self._settle(request, list(reports))

    def settle_one(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Settles one report from where it is read, and goes back there."""
        if not may_settle(request):
            raise PermissionDenied
        report = get_object_or_404(Report, pk=pk)
        self._settle(request, [report])
        is_own = report.answer.question.startswith(OWN_RUN)
        return redirect("admin:quiz_report_change", pk) if is_own else redirect(f"{_figures_of(report)}#reports")

    def _settle(self, request: HttpRequest, reports: list[Report]) -> None:
        count = settle_reports([report.pk for report in reports])
        for report in reports:
            self.log_change(request, report, "Settled.")
        messages.success(request, f"{count} {'report' if count == 1 else 'reports'} settled.")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        report = Report.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        context = {"complaint": report and complaint(report), "may_settle": may_settle(request)}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})


def _figures_of(report: Report) -> str:
    answer = report.answer
    return _detail(Edition(answer.attempt.lesson, answer.question, answer.version))


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
