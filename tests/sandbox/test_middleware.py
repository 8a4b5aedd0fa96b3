"""A run whose saga is not defined any more is answered with a 410 that says why, whatever was asked of it."""

import pytest

from sandbox.models import FactRow, Run

pytestmark = pytest.mark.django_db
RUNS, HTMX = "/sandbox/runs/", {"HX-Request": "true"}
TEXT = "text/plain; charset=utf-8"


@pytest.fixture
def retired(start):
    """A run under way of a saga that there is not any more."""
    run = start(pace="follow")
    Run.objects.filter(pk=run.pk).update(saga="retired")
    return run


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "live page"])
@pytest.mark.parametrize(
    ("form", "sent"),
    [
        ("skip", {}),
        ("strike", {"message": "2", "receiver": "order", "fault": "duplicate"}),
    ],
)
def test_a_form_that_operates_such_a_run_is_a_410(client, retired, form, sent, headers):
    response = client.post(f"{RUNS}{retired.pk}/{form}/", sent, headers=headers)
    assert response.status_code == 410
    assert "defined otherwise since" in response.content.decode()
    assert (response["Content-Type"] == TEXT) == bool(headers)


@pytest.mark.parametrize(
    "address", ["/sandbox/figure/{}/{}/", "/sandbox/compare/{}/{}/"], ids=["in a figure", "on its page"]
)
def test_a_comparison_with_such_a_run_is_a_410(client, start, work, address):
    one, other = (work(start(style=style)) for style in ("choreography", "orchestration"))
    row = FactRow.objects.get(run=one, seq=4)
    row.details["posting"][1] = "retired account"
    row.save()
    assert client.get(address.format(one.pk, other.pk)).status_code == 410


def test_the_page_of_such_a_run_is_a_410(client, retired):
    response = client.get(f"{RUNS}{retired.pk}/")
    assert response.status_code == 410
    assert "This run is from another time" in response.content.decode()
