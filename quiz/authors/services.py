"""What authors change: reports, once they are dealt with. Marks are changed by nobody."""

from collections.abc import Collection

from django.utils import timezone

from quiz.models import Report


def settle_reports(ids: Collection[int]) -> int:
    """Marks these reports as dealt with, and says how many were still open."""
    return Report.objects.filter(pk__in=ids, settled_at=None).update(settled_at=timezone.now())
