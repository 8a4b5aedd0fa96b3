"""The setup page says what is allowed, and keeps the rest of what was chosen."""

import pytest
from playwright.sync_api import expect

from tests.browser.runs import expect_chosen, open_setup

OUT_OF_RANGE = "“{}” is out of range; enter a whole number, 1 to 100"
NAMES = [
    ("style", "chaos", "use one of choreography, orchestration"),
    ("fail", "send-flowers", "use one of validate-order, reserve-inventory, charge-customer, schedule-fulfilment"),
    ("pace", "warp", "use one of follow, step, fast"),
    ("saga", "opera", "use one of order, order-parallel"),
]
CHOICES = {"style": "orchestration", "fail": "charge-customer", "pace": "step"}


@pytest.fixture(autouse=True)
def refusal(console):
    console.allow("status of 400|The specified value .* cannot be parsed")


@pytest.mark.parametrize("quantity", ["0", "-1", "1000000", "abc", ""])
def test_an_address_with_a_bad_quantity_is_answered_with_what_is_allowed(page, quantity):
    answer = open_setup(page, **CHOICES, quantity=quantity)
    assert answer.status == 400
    expect(page.get_by_role("alert")).to_contain_text(OUT_OF_RANGE.format(quantity))
    expect_chosen(page, CHOICES)


@pytest.mark.parametrize("quantity", ["0", "-1", "1000000"])
def test_a_form_with_a_bad_quantity_starts_nothing_and_keeps_the_choices(page, quantity):
    open_setup(page, **CHOICES)
    page.evaluate("document.querySelector('.setup-form').noValidate = true")
    page.get_by_label("Items").fill(quantity)
    with page.expect_response("**/sandbox/start/") as answer:
        page.get_by_role("button", name="Start the run").click()
    assert answer.value.status == 400
    expect(page.get_by_role("alert")).to_contain_text(OUT_OF_RANGE.format(quantity))
    expect(page.get_by_label("Items")).to_have_value(quantity)
    expect_chosen(page, CHOICES)
    expect(page.locator(".runs")).to_have_count(0)


@pytest.mark.parametrize(("field", "value", "sentence"), NAMES)
def test_an_unknown_name_is_answered_with_the_names_there_are(page, field, value, sentence):
    answer = open_setup(page, **{**CHOICES, "quantity": 7, field: value})
    assert answer.status == 400
    expect(page.get_by_role("alert")).to_contain_text(f"“{value}” is unknown")
    expect(page.get_by_role("alert")).to_contain_text(sentence)
    expect(page.get_by_label("Items")).to_have_value("7")


def test_what_was_typed_is_shown_as_text_and_never_as_markup(page):
    open_setup(page, style="<img src=x onerror=alert(1)>", quantity='"><b id=hole>')
    expect(page.get_by_role("alert")).to_contain_text("<img src=x")
    expect(page.locator("main img, #hole")).to_have_count(0)


def test_the_browser_itself_refuses_a_quantity_that_is_out_of_range(page):
    open_setup(page, **CHOICES)
    page.get_by_label("Items").fill("0")
    page.get_by_role("button", name="Start the run").click()
    assert "/sandbox/runs/" not in page.url
    expect(page.locator("#id_quantity:invalid")).to_be_focused()
