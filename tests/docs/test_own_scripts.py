"""Own JavaScript stays small: the browser keeps and shows what the server rendered."""

from pathlib import Path

STATIC = Path(__file__).parents[2] / "static"
QUIZ = Path(__file__).parents[2] / "quiz" / "static"
TEMPLATES = Path(__file__).parents[2] / "templates"
MOST, MOST_OF_QUIZ = 29 * 1024, 4500


def test_all_own_scripts_together_stay_small():
    assert 0 < sum(script.stat().st_size for script in STATIC.rglob("*.js")) < MOST
    assert 0 < sum(script.stat().st_size for script in QUIZ.rglob("*.js")) < MOST_OF_QUIZ


def test_no_template_has_a_script_or_a_style_of_its_own():
    for template in TEMPLATES.rglob("*.html"):
        text = template.read_text()
        assert "<style" not in text
        assert " style=" not in text
        assert "<script>" not in text
