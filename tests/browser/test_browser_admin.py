"""The authors' pages in a browser: no findings of axe-core, no console messages, no sideways scroll."""

import subprocess
import sys
from itertools import product

import pytest

from tests.browser.axe import violations
from tests.browser.browser_session import ConsoleMessages, visit
from tests.browser.check import take
from tests.stack import ROOT

# The heads of two columns in Django's own table of related objects are empty.
NOT_OURS = {"empty-table-header": {"enabled": False}}
WIDTHS, RULES = (360, 1280), {"light": {"rules": NOT_OURS}, "dark": {"runOnly": ["color-contrast"]}}
LISTS = ("askedquestion", "report", "answer", "attempt")


@pytest.fixture(scope="module")
def author(browser, stack):
    """Opens a browser in which an author is signed in, after a learner has reported a question."""
    env = {**stack.env, "DJANGO_SUPERUSER_PASSWORD": "ann"}
    make = ["createsuperuser", "--noinput", "--username", "ann", "--email", "ann@example.org"]
    subprocess.run([sys.executable, "manage.py", *make], cwd=ROOT, env=env, check=True, capture_output=True)
    console = ConsoleMessages()
    with visit(browser, stack.base_url, console, reduced_motion="reduce") as context:
        page = context.new_page()
        take(page, right=2)
        page.get_by_text("Report a problem").first.click()
        page.get_by_role("textbox").first.fill("The second option holds, too.")
        page.get_by_role("button", name="Send the report").first.click()
        page.get_by_text("Thank you. Your report is kept with").wait_for()
        page.goto("/admin/")
        page.get_by_label("Username").fill("ann")
        page.get_by_label("Password").fill("ann")
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("heading", name="Site administration").wait_for()
        yield page, console


def addresses(page, list_):
    """Returns the address of a list, and of the first page that it leads to."""
    page.goto(f"/admin/quiz/{list_}/")
    first = page.locator(f"#content-main table a[href*='/{list_}/']").first.get_attribute("href")
    return (f"/admin/quiz/{list_}/", first)


@pytest.mark.parametrize("list_", LISTS)
def test_neither_axe_nor_the_console_reports_anything(author, list_):
    page, console = author
    for address, (scheme, rules) in product(addresses(page, list_), RULES.items()):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        page.goto(address)  # again for the other scheme: Django's colours change slowly in an open page
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert console.unexpected() == []
            assert violations(page, **rules) == [], f"{address}, {width} pixels, {scheme}"
            console.messages.clear()  # what axe-core itself tried
