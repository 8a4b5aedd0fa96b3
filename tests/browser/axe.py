"""What axe-core finds on a page."""

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RUN = "async options => (await axe.run({ resultTypes: ['violations'], ...options })).violations"


def violations(page: Page, **options: object) -> list[str]:
    """Returns each violation with its element and how to mend it. The options are those of axe-core.

    The script stays in the page, since half a megabyte takes its time to be read each time.
    """
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(AXE_SCRIPT)
    return [
        f"{found['id']}: {node['html']} {node['failureSummary']}"
        for found in page.evaluate(RUN, options)
        for node in found["nodes"]
    ]
