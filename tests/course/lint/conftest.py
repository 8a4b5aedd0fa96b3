import pytest

from content.lesson_files import EXPERIMENTS, files_of_lessons, lessons_root
from content.site_probe import SiteProbe
from course import loader

RESPONSES = {}
RENDERED = {}


@pytest.fixture(autouse=True)
def sandbox_answers(monkeypatch):
    """Requests each setup page once for the same experiments: of all that authors write, it shows nothing else."""
    fetch = SiteProbe._fetch

    def fetch_once(probe, address):
        if not address.startswith("/sandbox/?"):
            return fetch(probe, address)
        files = files_of_lessons(lessons_root(), EXPERIMENTS)
        key = (address, *(file.read_bytes() for file in files))
        if key not in RESPONSES:
            RESPONSES[key] = fetch(probe, address)
        return RESPONSES[key]

    monkeypatch.setattr(SiteProbe, "_fetch", fetch_once)


@pytest.fixture(autouse=True)
def same_texts_are_rendered_once(monkeypatch):
    """Renders a text once for the same glossary: most tests change one file of the course, which has many."""
    render = loader.render

    def render_once(text, glossary=None, **settings):
        terms = tuple((name, term.definition) for name, term in (glossary or {}).items())
        key = (text, terms, *settings.items())
        if key not in RENDERED:
            RENDERED[key] = render(text, glossary, **settings)
        return RENDERED[key]

    monkeypatch.setattr(loader, "render", render_once)
