"""What holds for every test that renders a page: no template reads a field that its object does not have."""

import gc
import logging

import pytest
from django.conf import settings
from django.forms.utils import ErrorDict
from django.template import VariableDoesNotExist
from django.template.context import BaseContext

# Tests make many records that nothing keeps: looking for circles among them ever so often took 6 % of the time.
gc.set_threshold(100_000, 50, 50)
# Of the middleware this alone is asynchronous only: each request of a test client would begin an event loop for it, and
# that took a tenth of the time. Tests of the running product have it.
STATIC_FILES = "servestatic.middleware.ServeStaticMiddleware"
TEMPLATES = logging.getLogger("django.template")
# Django's own templates ask its own objects for fields that they may not have.
FOREIGN = ("admin/", "auth/", "django/", "registration/")


def pytest_configure():
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != STATIC_FILES]


class MissingFields(logging.Handler):
    """Collects the fields that templates read in vain: Django renders nothing in their place, and says so in a log.

    A variable that the whole context lacks, a field of None, and the errors of a field of a form may be meant: they
    stand for what is not there.
    """

    def __init__(self):
        super().__init__()
        self.found = []

    def emit(self, record):
        error, template = record.exc_info[1], str(record.args[1])
        if isinstance(error, VariableDoesNotExist) and not template.startswith(FOREIGN):
            field, value = error.params
            if value is not None and not isinstance(value, BaseContext | ErrorDict):
                self.found.append(f"{template}: {type(value).__name__} has no {field}")


@pytest.fixture(autouse=True)
def fields_that_templates_read(request, monkeypatch):
    handler = MissingFields()
    monkeypatch.setattr(TEMPLATES, "propagate", False)
    monkeypatch.setattr(TEMPLATES, "level", logging.DEBUG)
    TEMPLATES.manager._clear_cache()
    TEMPLATES.addHandler(handler)
    yield
    TEMPLATES.removeHandler(handler)
    TEMPLATES.manager._clear_cache()
    assert not handler.found or request.node.get_closest_marker("missing_fields"), "\n".join(
        dict.fromkeys(handler.found)
    )
