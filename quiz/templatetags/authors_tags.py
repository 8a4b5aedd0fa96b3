from django import template

from quiz.analytics.flags import FEWEST_SURE
from quiz.analytics.model import Figures

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
def wrong_when_sure(figures: Figures) -> str:
    """Always with the number of sure answers; as a share only where there are enough of them to make one."""
    if not figures.sure:
        return NOTHING
    if figures.sure < FEWEST_SURE:
        return f"{figures.sure_wrong} of {figures.sure}"
    return f"{percent(figures.confident_wrong)} of {figures.sure}"
