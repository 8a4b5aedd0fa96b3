"""Charts of a load are pictures, which cannot read the page's colours: theirs are the same."""

import re

from sandbox.render.diagram.load_charts import COLOURS, TOKENS
from tests.docs.markdown_files import ROOT


def test_the_colours_of_charts_are_the_tokens_of_the_page():
    css = (ROOT / "static/css/base/tokens.css").read_text()
    tokens = {name: (light, dark) for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w+), (#\w+)\)", css)}
    assert {name: tokens[name] for name in TOKENS} == TOKENS


def test_a_chart_is_drawn_with_each_of_them_on_light_and_on_dark_pages():
    light, dark = re.findall(r"svg\{([^}]*)\}", COLOURS)
    for name, (on_light, on_dark) in TOKENS.items():
        assert f"--{name}:{on_light};" in light
        assert f"--{name}:{on_dark};" in dark
