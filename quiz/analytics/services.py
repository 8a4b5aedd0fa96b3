"""What authors change: reports, once they are dealt with. Marks are changed by nobody."""

from collections.abc import Collection

from django.db import IntegrityError, transaction
from django.utils import timezone

from quiz.models import Report


class OpenAlready(ValueError):
    """A report that has to stay settled; the message says why to the author."""


def settle_reports(ids: Collection[int]) -> int:
    """Marks these reports as dealt with, and says how many were still open."""
    return Report.objects.filter(pk__in=ids, settled_at=None).update(settled_at=timezone.now())


def reopen_report(report: int) -> bool:
    """Takes back that this report is dealt with. False where it was open.

    Raises OpenAlready when its learner has made another one of the same answer since: one at a time is open.
    """
    try:
        with transaction.atomic():
            return Report.objects.filter(pk=report).exclude(settled_at=None).update(settled_at=None) > 0
    except IntegrityError as error:
        raise OpenAlready(
            "It stays settled, for a newer report of the same answer is open. Settle that first."
        ) from error
