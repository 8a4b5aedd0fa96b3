from django import template

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
