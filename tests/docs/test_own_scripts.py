"""Own JavaScript stays small: the browser keeps and shows what the server rendered."""

import re
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "static" / "js"
TEMPLATES = Path(__file__).parents[2] / "templates"
# In bytes, together; those of the quiz among them have a limit of their own. Six KiB of it follow the runs of all
# pages of a browser by one connection, and without a stream where a proxy holds it back; three are questions' answers.
MOST, MOST_OF_QUIZ = 49 * 1024, 4500


def test_all_own_scripts_together_stay_small():
    assert 0 < sum(script.stat().st_size for script in SCRIPTS.rglob("*.js")) < MOST
    assert 0 < sum(script.stat().st_size for script in (SCRIPTS / "quiz").rglob("*.js")) < MOST_OF_QUIZ


def own_scripts(text):
    """Returns the start tags of a template's scripts that are written in it."""
    return [tag for tag in re.findall(r"<script\b[^>]*>", text, re.IGNORECASE) if not re.search(r"\ssrc=", tag)]


def test_no_template_has_a_script_or_a_style_of_its_own():
    for template in TEMPLATES.rglob("*.html"):
        text = template.read_text()
        assert "<style" not in text
        assert " style=" not in text
        assert own_scripts(text) == [], template


@pytest.mark.parametrize("tag", ["<script>", '<script type="module">', "<SCRIPT defer\n>", '<script data-src="a.js">'])
def test_a_script_without_a_file_is_found(tag):
    assert own_scripts(f'<script type="module" src="a.js"></script>{tag}alert(1)</script>') == [tag]
