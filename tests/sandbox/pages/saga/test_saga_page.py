"""Each saga has a page with its definition, its code in each format, its pictures and rules, and files to take away."""

import ast
from html import unescape

import pytest
from django.utils.html import strip_tags

from sandbox.definitions.registry import SAGA
from sandbox.render.saga_code.definition import definition
from sandbox.render.saga_code.formats import SAGA_FORMATS
from sandbox.render.text.words import STYLE_NAMES

pytestmark = pytest.mark.django_db
EVERY = [(saga, one) for saga in SAGA.values() for one in SAGA_FORMATS]
NAMES = [f"{saga.name} in {one.name}" for saga, one in EVERY]


def address(saga, made_as):
    return f"/sandbox/sagas/{saga.name}/?format={made_as.name}"


@pytest.mark.parametrize(("saga", "made_as"), EVERY, ids=NAMES)
def test_the_page_shows_definition_code_limits_and_each_style(client, saga, made_as):
    page = client.get(address(saga, made_as)).content.decode()
    text = unescape(strip_tags(page))
    for file in (*definition(saga).values(), *made_as.render(saga).values()):
        assert file.strip() in text
    for limit in made_as.limits(saga):
        assert limit in text
    for style in saga.styles:
        assert f"{saga.title} as {STYLE_NAMES[style]}" in text
    assert page.count('aria-current="page"') == 4  # of the navigation, the path, the sagas and the formats


@pytest.mark.parametrize(("saga", "made_as"), EVERY, ids=NAMES)
def test_every_file_can_be_downloaded_from_the_page_as_it_is_shown(client, saga, made_as):
    page = client.get(address(saga, made_as)).content.decode()
    for name, text in made_as.render(saga).items():
        file = f"/sandbox/sagas/{saga.name}/{made_as.name}/{name}"
        assert f'href="{file}" download' in page
        response = client.get(file)
        assert response.content.decode() == text
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'


def test_what_does_not_exist_is_said(client):
    assert client.get("/sandbox/sagas/none/").status_code == 404
    assert client.get("/sandbox/sagas/order/none/order.py").status_code == 404
    assert client.get(f"/sandbox/sagas/order/{SAGA_FORMATS[0].name}/none").status_code == 404
    wrong = client.get("/sandbox/sagas/order/?format=cobol")
    assert wrong.status_code == 400
    assert f"use one of {', '.join(one.name for one in SAGA_FORMATS)}" in unescape(wrong.content.decode())


def test_the_room_of_sagas_leads_to_the_first(client):
    assert client.get("/sandbox/sagas/").url == "/sandbox/sagas/order/"


def test_names_of_formats_and_files_are_fit_for_addresses_and_their_python_is_python():
    for saga, made_as in EVERY:
        assert made_as.name.replace("-", "").isalnum()
        for name, text in made_as.render(saga).items():
            assert name == name.replace("/", "").replace(" ", "")
            if name.endswith(".py"):
                ast.parse(text)
