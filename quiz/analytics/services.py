"""Settles and reopens reports. Nothing changes marks."""

from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.utils import timezone

from quiz.models import Report


class NewerReportOpen(ValueError):
    """A report that has to stay settled, because a newer one is open; the message tells the author."""


def settle_reports(ids: Collection[int]) -> int:
    """Settles these reports, and returns how many were open."""
    return Report.objects.filter(pk__in=ids, settled_at=None).update(settled_at=timezone.now())


def reopen_report(report: int) -> bool:
    """Reopens the report. Returns False where it was open.

    Raises NewerReportOpen when its learner has made another one about the same answer: only one can be open.
    """
    try:
        with transaction.atomic():
            return Report.objects.filter(pk=report).exclude(settled_at=None).update(settled_at=None) > 0
    except IntegrityError as error:
        raise NewerReportOpen(
            "It stays settled, for a newer report of the same answer is open. Settle that first."
        ) from error
