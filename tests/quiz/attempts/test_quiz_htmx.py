"""The same addresses answer htmx with a fragment: no frame, the title, the result, and the words to announce."""

import pytest

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


def test_the_result_comes_without_the_frame_and_announces_the_score(taker):
    page = taker.send(taker.form_data(right=4), follow=True, **HTMX).content.decode()
    assert "<html" not in page
    assert "<title>4 of 5, passed: Choreography vs Orchestration · Coordinate</title>" in page
    assert '<div id="status" hx-swap-oob="innerHTML">4 of 5, passed.</div>' in page


def test_focus_goes_to_the_heading_of_the_result(taker):
    page = taker.send(taker.form_data(right=4), follow=True, **HTMX).content.decode()
    assert '<h1 id="result" tabindex="-1" autofocus>4 of 5</h1>' in page


def test_a_full_page_of_an_old_result_takes_no_focus(taker):
    taker.send(taker.form_data(right=4))
    assert "<html" in taker.result()
    assert "autofocus" not in taker.result()


def test_missing_answers_come_as_a_fragment_with_focus_on_the_summary(taker):
    response = taker.send({}, **HTMX)
    page = response.content.decode()
    assert response.status_code == 422
    assert "<html" not in page
    assert 'id="missing" tabindex="-1" autofocus' in page


def test_pages_hold_no_inline_script_and_no_inline_style(taker):
    before = taker.result()
    taker.send(taker.form_data(right=1))
    for page in (before, taker.result(), taker.client.get(taker.intro).content.decode()):
        assert "style=" not in page.replace("?style=", "")
        assert "<style" not in page
        assert "<script>" not in page
        assert " on" + "click" not in page
