"""Lists learners' reports, which authors settle and reopen."""

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import truncatechars
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from quiz.admin.shared import ModelAdmin, ReadOnly, may_settle, question_link, statistics_address_of
from quiz.analytics.answer_view import report_view
from quiz.analytics.services import NewerReportOpen, reopen_report, settle_reports
from quiz.models import Report

LIST_TEXT_LENGTH = 100


class StateFilter(admin.SimpleListFilter):
    """Filters reports by state; shows the open ones by default."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin) -> list[tuple[str, str]]:
        return [("open", "Open"), ("settled", "Settled"), ("all", "All")]

    def value(self) -> str:
        return super().value() or "open"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Report]) -> QuerySet[Report]:
        if self.value() == "all":
            return queryset
        return queryset.filter(settled_at__isnull=self.value() != "settled")

    def choices(self, changelist: Any) -> Iterator[Any]:
        """Yields the choices without Django's "All", because "Open" is the default here."""
        _, *chosen = super().choices(changelist)
        yield from chosen


@admin.register(Report)
class ReportAdmin(ReadOnly, ModelAdmin):
    list_display = ("said", "question", "version", "made_at", "settled_at")
    list_filter = (StateFilter, "answer__attempt__lesson")
    list_select_related = ("answer__attempt",)
    ordering = ("-made_at",)
    actions = ("settle", "reopen")
    fields = ("question", "version", "made_at", "settled_at")
    readonly_fields = fields
    change_form_template = "admin/quiz/report/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        one: dict[str, Callable[..., HttpResponse]] = {"settle": self.settle_one, "reopen": self.reopen_one}
        views = {name: self.admin_site.admin_view(require_POST(view)) for name, view in one.items()}
        own = [path(f"<int:pk>/{name}/", view, name=f"quiz_report_{name}") for name, view in views.items()]
        return [*own, *super().get_urls()]

    @admin.display(description="Report", ordering="text")
    def said(self, report: Report) -> str:
        """Returns the beginning of the text; all of it is on the report's own page."""
        return truncatechars(" ".join(report.text.split()), LIST_TEXT_LENGTH)

    @admin.display(ordering="answer__question")
    def question(self, report: Report) -> str:
        return question_link(report.answer)

    @admin.display(ordering="answer__version")
    def version(self, report: Report) -> int:
        return report.answer.version

    def has_settle_permission(self, request: HttpRequest) -> bool:
        return may_settle(request)

    @admin.action(description="Mark as settled", permissions=["settle"])
    def settle(self, request: HttpRequest, reports: QuerySet[Report]) -> None:
        self._settle(request, list(reports))

    @admin.action(description="Open again", permissions=["settle"])
    def reopen(self, request: HttpRequest, reports: QuerySet[Report]) -> None:
        self._reopen(request, list(reports))

    def settle_one(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Settles one report, and redirects to the page from which it was sent."""
        return self._change_one(request, pk, self._settle)

    def reopen_one(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Reopens one settled report, and redirects to the page from which it was sent."""
        return self._change_one(request, pk, self._reopen)

    def _change_one(
        self, request: HttpRequest, pk: int, act: Callable[[HttpRequest, list[Report]], None]
    ) -> HttpResponse:
        if not may_settle(request):
            raise PermissionDenied
        report = get_object_or_404(Report, pk=pk)
        act(request, [report])
        address = statistics_address_of(report.answer)
        return redirect(f"{address}#reports") if address else redirect("admin:quiz_report_change", pk)

    def _settle(self, request: HttpRequest, reports: list[Report]) -> None:
        count = settle_reports([report.pk for report in reports])
        for report in reports:
            self.log_change(request, report, "Settled.")
        messages.success(request, f"{_count_text(count)} settled.")

    def _reopen(self, request: HttpRequest, reports: list[Report]) -> None:
        count = 0
        for report in reports:
            try:
                if reopen_report(report.pk):
                    self.log_change(request, report, "Opened again.")
                    count += 1
            except NewerReportOpen as error:
                messages.error(request, f"{error} ({truncatechars(report.text, 40)})")
        if count:
            messages.success(request, f"{_count_text(count)} opened again.")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        report = Report.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        context = {"report_view": report and report_view(report), "may_settle": may_settle(request)}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **context})


def _count_text(count: int) -> str:
    return f"{count} {'report' if count == 1 else 'reports'}"
