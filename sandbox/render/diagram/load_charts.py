"""Charts of a load, as SVG images that carry their colours for light and for dark pages.

Each shows one value, and its name is next to it, so that nobody has to tell lines apart by their colours.
"""

from base64 import b64encode
from functools import lru_cache
from typing import Any

import pygal
from pygal.style import Style

Points = tuple[tuple[float, float], ...]
# Charts that are cached: those of ended parts are requested again and again while the rest of a load runs.
MAX_CHARTS = 64


@lru_cache(MAX_CHARTS)
def chart(points: Points, *, top: float | None = None) -> str:
    """Returns the data URL of an image of a value over seconds, with axes."""
    return _image(points, top, width=520, height=220, margin=4, spacing=8, max_scale=4, **AXES)


@lru_cache(MAX_CHARTS)
def spark(points: Points, *, top: float | None = None) -> str:
    """Returns the data URL of a small image without axes, whose whole height is `top`."""
    return _image(points, top, width=200, height=44, margin=0, spacing=0, max_scale=1, **NO_AXES)


def _image(points: Points, top: float | None, **shape: Any) -> str:
    drawn = pygal.XY(
        style=STYLE,
        css=["file://style.css", "file://graph.css", f"inline:{COLOURS}"],
        js=[],
        fill=True,
        show_dots=False,
        show_legend=False,
        show_x_guides=False,
        range=(0, top) if top else None,
        no_data_text="",
        no_prefix=True,
        disable_xml_declaration=True,
        **shape,
    )
    drawn.add("", list(points))
    return "data:image/svg+xml;base64," + b64encode(str(drawn.render()).encode()).decode()


AXES = {
    "x_value_formatter": lambda value: f"{value:g} s",
    "value_formatter": lambda value: f"{value:g}",
    "show_minor_x_labels": False,
    "x_labels_major_count": 6,
    "include_x_axis": True,
}
NO_AXES = {"show_x_labels": False, "show_y_labels": False, "show_y_guides": False}
# A token of static/css/base/tokens.css: its colours there on light and dark pages. A picture cannot read the page's.
TOKENS = {"ink-soft": ("#545a60", "#a9b0b8"), "line": ("#e1e1dc", "#31363c"), "accent": ("#3346c9", "#9dacff")}
COLOURS = "svg{{{}}}@media (prefers-color-scheme:dark){{svg{{{}}}}}".format(
    *("".join(f"--{name}:{pair[dark]};" for name, pair in TOKENS.items()) for dark in (0, 1))
)
STYLE = Style(
    background="transparent",
    plot_background="transparent",
    foreground="var(--ink-soft)",
    foreground_strong="var(--ink-soft)",
    foreground_subtle="var(--line)",
    guide_stroke_color="var(--line)",
    major_guide_stroke_color="var(--line)",
    guide_stroke_dasharray="1,0",
    major_guide_stroke_dasharray="1,0",
    font_family="system-ui, sans-serif",
    label_font_size=15,
    major_label_font_size=15,
    colors=("var(--accent)",),
    value_colors=("var(--accent)",),
    opacity=".18",
    stroke_width="2",
    transition="0s",
)
