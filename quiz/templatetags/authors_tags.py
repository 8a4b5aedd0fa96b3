from django import template

from content.inline_markdown import plain
from quiz.analytics.flags import MIN_SURE_ANSWERS
from quiz.analytics.model import ItemStatistics

register = template.Library()
register.filter(plain)

NO_VALUE = "—"


@register.filter
def percent(share: float | None) -> str:
    """Formats a share from 0 to 1 as whole per cent; None as a dash."""
    return NO_VALUE if share is None else f"{share:.0%}".replace("%", " %")


@register.filter
def correlation(value: float | None) -> str:
    """Formats a number from -1 to 1 with its sign; None as a dash."""
    return NO_VALUE if value is None else f"{value:+.2f}".replace("-", "−")  # noqa: RUF001


@register.filter
def wrong_when_sure(item_statistics: ItemStatistics) -> str:
    """Formats how many sure answers were wrong, as a share only where there are enough of them."""
    if not item_statistics.sure:
        return NO_VALUE
    if item_statistics.sure < MIN_SURE_ANSWERS:
        return f"{item_statistics.sure_wrong} of {item_statistics.sure}"
    return f"{percent(item_statistics.confident_wrong)} of {item_statistics.sure}"
