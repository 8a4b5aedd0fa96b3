"""What other rooms show of the sandbox."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

from sandbox import plans
from sandbox.definitions.registry import title
from sandbox.definitions.terms import Style
from sandbox.pictures import figure_of
from sandbox.render.phrases import seconds
from sandbox.render.words import STYLE_NAMES

register = template.Library()


@register.inclusion_tag("sandbox/_diagram.html")
def saga_diagram(saga: str, style: str) -> dict[str, Any]:
    """A figure of the plan that `saga` is compiled to in `style`. Raises ValueError for unknown names."""
    plan = plans.plan_named(saga, style)
    return figure_of(plan, name=f"{saga}-{style}")


LOOKS: dict[str, Any] = {"class": "lucide", "aria_hidden": "true"}


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """The icon of that name, to be seen beside words that say the same. Drawing it anew takes as long as a region."""
    return mark_safe(lucide(name, size=24, **LOOKS))  # noqa: S308  the package's own markup


@register.filter
def actor_title(actor: str) -> str:
    """The actor's name as people read it."""
    return title(actor)


@register.filter
def style_name(style: str) -> str:
    """A style with its article."""
    return STYLE_NAMES[Style(style)]


@register.filter
def words(status: str) -> str:
    """A status as words: IN_PROGRESS becomes "in progress"; a step that is only scheduled has not started."""
    return "not started" if status == "SCHEDULED" else status.replace("_", " ").lower()


@register.filter
def duration(value: float) -> str:
    """A number of seconds in words."""
    return seconds(value)


@register.filter
def since(moment: float, earlier: float) -> float:
    """Seconds from the earlier moment to this one."""
    return moment - earlier


@register.filter
def of(table: Mapping[str, Any], key: str) -> Any:
    """What the table has under that name."""
    return table.get(key, ())
