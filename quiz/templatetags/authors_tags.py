from django import template

from quiz.analytics.flags import FEWEST_SURE
from quiz.analytics.model import ItemStatistics

register = template.Library()

NOTHING = "—"


@register.filter
def percent(share: float | None) -> str:
    """A share from 0 to 1 as whole per cent; a dash where there is none."""
    return NOTHING if share is None else f"{share:.0%}".replace("%", " %")


@register.filter
def correlation(value: float | None) -> str:
    """A number from -1 to 1 with its sign; a dash where there is none."""
    return NOTHING if value is None else f"{value:+.2f}".replace("-", "−")  # noqa: RUF001


@register.filter
def wrong_when_sure(item_statistics: ItemStatistics) -> str:
    """Always with the number of sure answers; as a share only where there are enough of them to make one."""
    if not item_statistics.sure:
        return NOTHING
    if item_statistics.sure < FEWEST_SURE:
        return f"{item_statistics.sure_wrong} of {item_statistics.sure}"
    return f"{percent(item_statistics.confident_wrong)} of {item_statistics.sure}"
