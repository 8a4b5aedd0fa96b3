"""Predictions before a run: the options follow the form, the answers stay, and the address does not contain them."""

from playwright.sync_api import expect

from tests.browser.runs import open_setup, wait_for_end


def predict(page, **said):
    page.locator(".predict summary").click()
    for name, value in said.items():
        page.locator(f"#predict-{name}").select_option(value)


def coordinate(page, style):
    page.locator(f"input[value={style}]").check()
    expect(page.locator("#plan-title")).to_contain_text(style)


def test_who_can_be_predicted_to_notice_follows_the_style_and_the_other_answers_stay(page):
    open_setup(page)
    predict(page, end="COMPLETED")
    coordinate(page, "orchestration")
    page.locator("#predict-notice").select_option("orchestrator")
    expect(page.locator("#predict-end")).to_have_value("COMPLETED")
    coordinate(page, "choreography")
    expect(page.locator("#predict-notice")).to_have_value("")
    expect(page.locator("#predict-end")).to_have_value("COMPLETED")
    assert "predict" not in page.url


def test_who_decides_the_undo_is_predicted_for_each_style_and_comes_back_with_it(page):
    open_setup(page)
    page.locator("#predict-decide-choreography").select_option("each")
    coordinate(page, "orchestration")
    page.locator("#predict-decide-orchestration").select_option("orchestrator")
    coordinate(page, "choreography")
    expect(page.locator("#predict-decide-choreography")).to_have_value("each")
    coordinate(page, "both")
    expect(page.locator("#predict-decide-choreography")).to_have_value("each")
    expect(page.locator("#predict-decide-orchestration")).to_have_value("orchestrator")
    assert "predict" not in page.url


def test_the_answers_stay_when_a_fault_is_placed(page):
    open_setup(page)
    predict(page, end="COMPLETED")
    page.get_by_role("button", name="Open").click()
    expect(page.locator("#palette")).to_be_visible()
    page.get_by_role("button", name="Place it").click()
    expect(page.locator(".fault-chip")).to_be_visible()
    expect(page.locator("#predict-end")).to_have_value("COMPLETED")
    assert "predict" not in page.url


def test_a_right_prediction_turns_its_cell_of_the_coverage(page):
    open_setup(page, fail="charge-customer", pace="fast")
    page.locator("#predict-decide-choreography").select_option("each")
    predict(page, end="COMPENSATED", undo="reserve-inventory")
    page.get_by_role("button", name="Start the run").click()
    wait_for_end(page)
    page.goto("/sandbox/coverage/")
    page.get_by_role("link", name="predicted right").click()
    expect(page.locator("[data-fragment=headline]")).to_contain_text("Compensated")


def test_a_run_is_deleted_only_after_it_is_confirmed(page):
    open_setup(page, pace="step")
    page.get_by_role("button", name="Start the run").click()
    page.wait_for_url("**/sandbox/runs/*/")
    page.goto("/sandbox/runs/")
    sure = page.get_by_role("button", name="Delete this run")
    expect(sure).to_be_hidden()
    page.get_by_text("Delete", exact=True).click()
    sure.click()
    expect(page.get_by_text("None yet")).to_be_visible()
