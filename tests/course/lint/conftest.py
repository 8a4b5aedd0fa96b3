import pytest

from content.site_probe import SiteProbe

RESPONSES = {}


@pytest.fixture(autouse=True)
def sandbox_answers(monkeypatch):
    """Requests each setup page once for all of these tests: its response does not depend on what authors write."""
    fetch = SiteProbe._fetch

    def fetch_once(probe, address):
        if not address.startswith("/sandbox/?") or "experiment" in address:
            return fetch(probe, address)
        if address not in RESPONSES:
            RESPONSES[address] = fetch(probe, address)
        return RESPONSES[address]

    monkeypatch.setattr(SiteProbe, "_fetch", fetch_once)
