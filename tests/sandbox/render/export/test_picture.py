"""The picture of a run is an SVG file that any viewer shows: nothing in it comes from elsewhere, and nothing moves."""

import re
from xml.etree import ElementTree

import pytest

from config.settings import BASE_DIR
from sandbox.definitions.registry import SAGA
from sandbox.engine.evolve import evolve
from sandbox.render.export.picture import light_style, picture

SVG = "{http://www.w3.org/2000/svg}"
TOKENS = (BASE_DIR / "static/css/base/tokens.css").read_text(encoding="utf-8")
RULES = (BASE_DIR / "static/css/sandbox/diagram.css").read_text(encoding="utf-8")
STYLE = light_style(TOKENS, RULES)


def parsed(run):
    return ElementTree.fromstring(picture(run))


def texts(root):
    return ["".join(one.itertext()) for one in root.iter(f"{SVG}text")]


@pytest.mark.parametrize(("saga", "style"), [(saga.name, style) for saga in SAGA.values() for style in saga.styles])
def test_it_is_well_formed_and_needs_nothing_else(exported, saga, style):
    for at in (1, 7, None):
        run = exported(style, saga=saga, at=at, stylesheet=STYLE)
        root = parsed(run)
        assert not {one.tag for one in root.iter()} & {
            f"{SVG}{name}" for name in ("a", "script", "image", "animateMotion")
        }
        written = picture(run).replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert not re.search(r"http|href|@import|url\((?!#)", written)
        idents = {one.get("id") for one in root.iter() if one.get("id")}
        assert set(re.findall(r"url\(#([^)]+)\)", written)) <= idents


def test_it_has_a_size_of_its_own_and_a_white_ground(exported):
    root = parsed(exported())
    assert float(root.get("width")) > float(root.get("height")) > 100
    left, top, width, height = map(float, root.get("viewBox").split())
    ground = root.find(f"{SVG}rect")
    assert (left, top) == (0, float(ground.get("y")))
    assert (width, height) == (float(ground.get("width")), float(ground.get("height")))
    assert ground.get("fill") == "#fff"


def test_it_shows_how_the_run_stands_as_of_its_newest_fact(exported):
    ended, earlier = parsed(exported(fail="charge-customer")), parsed(exported(fail="charge-customer", at=4))
    assert "Order, choreography: compensated" in texts(ended)
    assert "↩ reserve-inventory" in texts(ended)
    assert "Order, choreography: running" in texts(earlier)
    assert "○ reserve-inventory" in texts(earlier)
    assert [text for text in texts(earlier) if text.startswith("Fact 4 of ")]


def test_it_says_in_words_what_it_shows(exported):
    root = parsed(exported(at=5))
    assert root.find(f"{SVG}title").text == "Order, choreography: running"
    assert "Order sends OrderValidated (event) to Inventory." in root.find(f"{SVG}desc").text
    assert "On its way: OrderValidated, event" in root.find(f"{SVG}desc").text


def test_a_message_on_its_way_is_a_dot_on_its_arrow(exported):
    def dots(run):
        return list(parsed(run).iter(f"{SVG}circle"))

    assert len(dots(exported(at=2))) == 1
    assert dots(exported()) == []
    assert len(dots(exported(saga="order-parallel", at=6))) > 1


def test_a_picture_that_would_be_too_wide_is_tall(exported):
    root = parsed(exported("hybrid", saga="order-hybrid"))
    assert "tall" in root.get("class") or float(root.get("width")) < 1400 * 1.15


def test_its_colours_are_the_light_ones_of_the_pages(exported):
    assert "light-dark" not in STYLE
    assert "var(" not in STYLE
    assert ".saga .completed > rect" in STYLE
    assert "fill: #e8f5ed" in STYLE  # --done-wash
    assert "stroke: #fff;" in STYLE  # around the names of messages, as the ground
    assert "#fbfbfa" not in STYLE  # the pages' paper
    assert f"<style>{STYLE}</style>" in picture(exported(stylesheet=STYLE))


def test_a_token_without_a_value_has_its_fallback_and_the_innermost_is_replaced_first():
    rules = ".saga text {\n  fill: var(--unknown, var(--ink));\n  stroke: var(--unknown);\n}\n"
    assert light_style(TOKENS, rules) == ".saga text {fill: #1b1d20;\n  stroke: inherit;}"


def test_rules_for_other_things_than_pictures_or_for_some_screens_only_are_left_out():
    rules = """
.diagram .saga { display: none; }
.saga .flight:hover .chip { stroke: red; }
@media print {
  .saga .name { fill: red; }
}
.saga .name { fill: blue; }
"""
    assert light_style(TOKENS, rules) == ".saga .name {fill: blue;}"


def test_what_a_saga_is_called_is_text_and_no_markup(exported):
    run = exported()
    plan = evolve(run.plan, saga=evolve(run.plan.saga, title="<Order> & co"))
    assert texts(parsed(evolve(run, recall_plan=lambda: plan)))[0].startswith("<Order> & co, ")
