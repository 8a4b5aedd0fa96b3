"""A learner finds their runs again, compares any two of them, and takes one away as a picture."""

import re
import struct
from base64 import b64encode
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.runs import run_to_end, without_scripts

RUNS = "/sandbox/runs/"
BERLIN = {"viewport": {"width": 1280, "height": 800}, "timezone_id": "Europe/Berlin"}


def rows(page):
    return page.locator(".kept-run")


def open_runs(page):
    """Opens the list of three runs: one completed, one compensated, one of another saga."""
    run_to_end(page, style="choreography")
    run_to_end(page, style="orchestration", fail="charge-customer")
    run_to_end(page, saga="order-fraud", style="orchestration")
    page.goto(RUNS)
    expect(rows(page)).to_have_count(3)


def tick(page, title):
    rows(page).filter(has_text=title).get_by_role("checkbox").check()


def compare(page):
    page.get_by_role("button", name="Compare these two").click()


def expect_compared(page):
    page.wait_for_url("**/sandbox/compare/*/*/")
    expect(page.locator(".panel")).to_have_count(2)


@pytest.mark.parametrize("look", [BERLIN])
def test_runs_are_found_while_one_chooses_and_the_address_leads_to_the_same_list(page):
    open_runs(page)
    page.get_by_label("Outcome").select_option("Compensated")
    expect(rows(page)).to_have_count(1)
    expect(page).to_have_url(re.compile(rf"{RUNS}\?outcome=compensated$"))
    expect(page.locator("#status")).to_have_text("1 run found.")
    page.reload()
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_label("Outcome")).to_have_value("compensated")
    page.get_by_label("Search").press_sequentially("fraud")
    expect(page.get_by_text("No run matches this.")).to_be_visible()
    page.get_by_role("link", name="Clear the filters").click(delay=500)  # a slow press: nothing replaces it meanwhile
    expect(rows(page)).to_have_count(3)
    expect(page.get_by_label("Search")).to_have_value("")


@pytest.mark.parametrize("look", [BERLIN])
def test_times_are_those_of_the_readers_zone_with_utc_beside_them_also_after_a_search(page):
    open_runs(page)
    expect_both_zones(page)
    page.get_by_label("Search").fill("fraud")
    expect(rows(page)).to_have_count(1)
    expect_both_zones(page)


def expect_both_zones(page):
    for time in rows(page).locator("time").all():
        expect(time).to_contain_text("UTC")  # written by a script, when the page has come
        here, utc = re.findall(r"\d+ \w+ \d{4}, (\d\d):\d\d", time.inner_text())
        assert (int(here) - int(utc)) % 24 in {1, 2}


def test_two_ticked_runs_are_compared_and_what_cannot_be_says_why(page, console):
    console.allow("status of 400")
    open_runs(page)
    tick(page, "Order, choreography")
    compare(page)
    expect(page.get_by_role("alert")).to_contain_text("Only one run is ticked.")
    tick(page, "Order with fraud check")
    compare(page)
    expect(page.get_by_role("alert")).to_contain_text("Two runs of the same saga can be compared.")
    rows(page).filter(has_text="Order with fraud check").get_by_role("checkbox").uncheck()
    tick(page, "Order, orchestration")
    compare(page)
    expect_compared(page)


def test_a_run_to_compare_with_is_chosen_by_keyboard(page):
    open_runs(page)
    run = rows(page).filter(has_text="Order, choreography").get_attribute("id").removeprefix("run-")
    page.goto(f"{RUNS}?with={run}")
    expect(rows(page)).to_have_count(1)
    page.get_by_role("link", name="Compare with Order, orchestration").press("Enter")
    expect_compared(page)


def test_without_scripts_runs_are_found_and_compared_by_plain_forms_and_times_are_in_utc(page, new_learner):
    open_runs(page)
    plain = without_scripts(page, new_learner)
    plain.goto(RUNS)
    assert len(re.findall("20\\d\\d", rows(plain).first.locator("time").inner_text())) == 1
    plain.get_by_label("Outcome").select_option("Completed")
    plain.get_by_role("button", name="Show these").click()
    expect(rows(plain)).to_have_count(2)
    plain.get_by_role("link", name="Clear the filters").click()
    tick(plain, "Order, choreography")
    tick(plain, "Order, orchestration")
    compare(plain)
    expect_compared(plain)


def export_page(page):
    run_to_end(page, style="orchestration", fail="charge-customer")
    page.goto(f"{page.url.partition('?')[0]}export/")


def size_of(png):
    """Returns width and height, by the header of a PNG file."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", png[16:24])


@pytest.mark.parametrize("at", ["", "?at=5"])
def test_the_picture_is_taken_away_as_a_png_of_twice_its_size_with_its_colours(page, at):
    export_page(page)
    page.goto(page.url + at)
    width, height = page.locator(".preview img").evaluate("image => [image.naturalWidth, image.naturalHeight]")
    with page.expect_download() as download:
        page.get_by_role("link", name="Picture, PNG").click()
    moment = "-fact-5" if at else ""
    assert re.fullmatch(rf"order-orchestration-\w{{6}}{moment}-picture\.png", download.value.suggested_filename)
    png = Path(download.value.path()).read_bytes()
    assert size_of(png) == (2 * width, 2 * height)
    assert colours_in(page, png) >= ({"#ffffff", "#eef0fd"} if at else {"#ffffff", "#eef0fd", "#fdf1e2"})


COLOURS = """async (encoded) => {
    const bytes = Uint8Array.from(atob(encoded), (one) => one.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const pixels = new Set(new Uint32Array(data.buffer));
    return [...pixels].map((pixel) => [pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255]);
}"""


def colours_in(page, png):
    """Returns the colours of an image, written as in style sheets."""
    found = page.evaluate(COLOURS, b64encode(png).decode())
    return {"#" + "".join(f"{part:02x}" for part in colour) for colour in found}


def test_a_png_of_a_run_that_was_deleted_meanwhile_leads_to_the_page_that_says_so(page, console):
    console.allow("status of 404")
    export_page(page)
    run = page.url.split("/")[-3]
    other = page.context.new_page()
    other.goto(RUNS)
    other.get_by_text("Delete", exact=True).click()
    other.get_by_role("button", name="Delete this run").click()
    expect(other.get_by_text("None yet.")).to_be_visible()
    page.get_by_role("link", name="Picture, PNG").click()
    expect(page.get_by_role("heading", name="This run is not here")).to_be_visible()
    expect(page.locator("main")).to_contain_text(run)
    page.get_by_role("main").get_by_role("link", name="Your runs").click()
    page.wait_for_url(f"**{RUNS}")


@pytest.mark.parametrize("look", [{"java_script_enabled": False}])
def test_without_scripts_no_png_is_offered_and_the_files_are(page):
    export_page(page)
    expect(page.get_by_role("link", name="Picture, PNG")).to_be_hidden()
    with page.expect_download() as download:
        page.get_by_role("link", name="Picture, SVG").click()
    assert Path(download.value.path()).read_text().startswith("<?xml")
