"""Lessons as authors write them, under the content policy: what they mean is seen, and the console is silent."""

import re
from base64 import b64encode

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.check import begin
from tests.browser.target_size import small_targets

PAGE, CHECK, HEBREW = "/lessons/habits/", "/check/habits/", "/lessons/greetings/"
PLACE = ".toc-beside a[aria-current=location]"


@pytest.fixture
def lesson(page):
    page.goto(PAGE)
    return page.locator("article .prose")


def colour(locator, name="color"):
    return locator.evaluate(f"one => getComputedStyle(one).{name}")


def test_code_is_coloured_by_the_server_and_has_its_title_and_marked_lines(lesson):
    block = lesson.locator(".code", has_text="orders.py")
    expect(block.locator(".code-title")).to_have_text("orders.py")
    expect(block.locator(".hll")).to_contain_text('return {"order"')
    assert colour(block.locator(".k").first) != colour(block.locator("code"))
    assert colour(block.locator(".hll"), "backgroundColor") != colour(block.locator("code"), "backgroundColor")
    expect(lesson.locator("[style]")).to_have_count(0)


def test_template_syntax_in_code_is_shown_and_never_run(lesson):
    for text in ("{{ order.id }} {% raw %} {# note #}", "{{ .Values.replicas }}", "{{ .Values.image }}"):
        expect(lesson.locator("code", has_text=text)).to_have_count(1)
    expect(lesson.locator("pre", has_text="{# Four spaces make code, too. #}")).to_be_visible()


def test_code_in_a_list_stays_in_its_item(lesson):
    items = lesson.locator("ol > li")
    expect(items).to_have_count(2)
    expect(items.first.locator("pre")).to_contain_text("make run")


def test_a_list_and_a_table_may_follow_a_sentence_and_two_spaces_nest(lesson):
    expect(lesson.locator("ul ul ul li", has_text="twice, at the most")).to_be_visible()
    expect(lesson.locator("p", has_text="The steps:")).to_have_text("The steps:")
    assert colour(lesson.locator("td", has_text="20"), "textAlign") == "end"


def test_boxes_strikes_marks_addresses_and_formulas_are_drawn(lesson):
    boxes = lesson.get_by_role("checkbox")
    expect(boxes).to_have_count(2)
    expect(lesson.get_by_role("checkbox", name="Done", checked=True)).to_be_disabled()
    expect(lesson.locator("del")).to_have_text("old")
    expect(lesson.locator("mark")).to_have_text("new")
    expect(lesson.get_by_role("link", name="https://example.org/a_b_c")).to_be_visible()
    expect(lesson.locator("math")).to_have_count(2)
    assert lesson.locator("math msub").first.bounding_box()["height"] > 0
    expect(lesson).to_contain_text("for $5 or")
    expect(lesson.locator("div > p > strong", has_text="Bold")).to_be_visible()


def test_call_outs_of_other_dialects_look_like_those_of_the_course(lesson):
    expect(lesson.locator(".admonition.note .admonition-title")).to_have_text("Note")
    expect(lesson.locator(".admonition.note li li")).to_have_text("two")
    expect(lesson.locator(".admonition.warning pre")).to_contain_text("const gap")
    lesson.get_by_text("Open me").click()
    expect(lesson.get_by_text("What was folded.")).to_be_visible()


def test_a_picture_beside_the_lesson_is_sent_with_its_size_and_kept_by_the_browser(lesson, page):
    picture = lesson.get_by_role("img", name="A gradient")
    expect(picture).to_have_attribute("width", "240")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("naturalWidth", 240)
    answer = page.request.get(picture.get_attribute("src"))
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "image/png"


def test_a_drawing_with_styles_of_its_own_is_shown_as_a_picture(lesson):
    drawing = lesson.get_by_role("img", name="An order leads to a payment")
    drawing.scroll_into_view_if_needed()
    expect(drawing).to_have_js_property("naturalWidth", 240)
    expect(drawing).to_have_js_property("complete", True)


def pixels(locator, width):
    """The colours of the pixels at the left edge of an element, row by row."""
    locator.scroll_into_view_if_needed()
    box = locator.bounding_box()
    picture = locator.page.screenshot(clip={**box, "width": width})
    blank = locator.page.context.new_page()
    rows = blank.evaluate(
        """async (png) => {
          const image = await createImageBitmap(await (await fetch("data:image/png;base64," + png)).blob());
          const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d", { willReadFrequently: true });
          canvas.drawImage(image, 0, 0);
          const row = (y) => [...canvas.getImageData(0, y, image.width, 1).data].join().match(/(\\d+,){3}\\d+/g);
          return Array.from({ length: image.height }, (_, y) => row(y));
        }""",
        b64encode(picture).decode(),
    )
    blank.close()
    return rows


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_table_that_fits_has_no_shadow_at_its_edges(page, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(PAGE)
    rows = pixels(page.locator(".table-scroll", has_text="ship"), 8)
    assert [row for row in rows if row.count(row[0]) < len(row)] == []


def test_drawings_are_on_light_ground_at_night_and_one_in_a_sentence_stays_in_it(page):
    page.emulate_media(color_scheme="dark")
    page.goto(PAGE)
    alone = page.get_by_role("img", name="An order leads to a payment")
    inside = page.get_by_role("img", name="arrow", exact=True)
    assert colour(alone, "backgroundColor") == colour(inside, "backgroundColor") == "rgb(251, 251, 250)"
    assert colour(alone, "borderTopWidth") == "1px"
    assert colour(inside, "borderTopWidth") == "0px"
    sentence, picture = page.get_by_text("Each arrow").bounding_box(), inside.bounding_box()
    assert sentence["height"] < 40
    assert sentence["x"] + 50 < picture["x"]
    page.emulate_media(color_scheme="light")
    assert colour(inside, "backgroundColor") == "rgba(0, 0, 0, 0)"


@pytest.mark.parametrize("title", ["Sagas in C#", "Größe", "Привет, мир"])
def test_a_heading_of_any_script_has_an_anchor_and_marks_the_place(page, title):
    page.goto(PAGE)
    entry = page.locator(".toc-beside").get_by_role("link", name=title)
    entry.click()
    expect(page.get_by_role("heading", name=title)).to_be_in_viewport()
    expect(page.locator(PLACE)).to_have_text(title)


def test_a_reader_is_led_back_to_a_place_whose_anchor_is_not_ascii(page):
    page.goto(PAGE)
    page.locator(".toc-beside").get_by_role("link", name="Größe").click()
    expect(page.locator(PLACE)).to_have_text("Größe")
    page.goto(PAGE)
    expect(page.locator("[data-go-on]:visible").first).to_contain_text("Größe")


def test_a_percent_encoded_link_leads_to_its_place(lesson, page):
    lesson.get_by_role("link", name="See Größe").click()
    expect(page.get_by_role("heading", name="Größe")).to_be_in_viewport()


def test_code_is_copied_by_a_button_that_only_scripts_add(page, browser, stack):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(PAGE)
    block = page.locator(".code", has_text="Deployment")
    block.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("status").first).to_have_text("Code copied")
    assert page.evaluate("navigator.clipboard.readText()").startswith("kind: Deployment\nspec:\n")
    plain = browser.new_context(base_url=stack.base_url, java_script_enabled=False).new_page()
    plain.goto(PAGE)
    expect(plain.locator(".code")).to_have_count(5)
    expect(plain.locator(".copy")).to_have_count(0)
    plain.context.close()


def test_a_question_shows_code_and_emphasis_and_no_html_of_its_author(page):
    begin(page, check=CHECK)
    legend = page.locator("fieldset.quiz-question > legend")
    expect(legend.locator("code").first).to_have_text("acks=0")
    expect(legend.locator(".code-lines")).to_have_text('producer.send("orders", key=order_id)')
    assert colour(legend.locator(".code-lines .s2").first) != colour(legend.locator(".code-lines"))
    expect(page.get_by_text("<b>All</b> replicas confirm it.")).to_be_visible()
    page.get_by_role("radio", name="The call send() returns at once.").check()
    page.get_by_role("button", name=re.compile("answers")).click()
    expect(page.locator(".quiz-why strong")).to_have_text("never")


@pytest.mark.parametrize("width", [360, 1280])
def test_a_question_with_code_is_accessible_and_fits(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    begin(page, check=CHECK)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_lesson_says_its_language_and_runs_in_its_direction(page):
    page.goto(HEBREW)
    article = page.locator("article.lesson")
    expect(article).to_have_attribute("lang", "he")
    assert colour(article.locator("h1"), "direction") == "rtl"
    assert colour(article.locator(".code"), "direction") == "ltr"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("address", [PAGE, HEBREW])
def test_such_a_lesson_is_accessible_and_fits(page, address, width, scheme):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert small_targets(page) == []


def test_a_marked_line_stays_marked_where_colours_are_forced(page):
    page.emulate_media(forced_colors="active")
    page.goto(PAGE)
    assert colour(page.locator(".hll").first, "borderInlineStartWidth") == "3px"
