"""A run is downloaded in each format, as of now or of one of its facts, by whoever may see it."""

import csv
import json
import re
import uuid
from io import StringIO

import pytest
from django.template.loader import render_to_string

from sandbox.models import FactRow, Run
from sandbox.render.export.formats import EXPORTS

pytestmark = pytest.mark.django_db
RUNS = "/sandbox/runs/"
EVERY = pytest.mark.parametrize("one", EXPORTS, ids=lambda one: one.name)
DRAWN = ("messages", "picture")


def download(client, run, one, **asked):
    return client.get(f"{RUNS}{run.pk}/{one.file}", asked)


def facts_in(response, one):
    """Returns how many facts the file is about, or of the picture, which fact it is as of."""
    text = response.content.decode()
    if one.name == "facts":
        return len(json.loads(text)["facts"])
    if one.name == "facts-csv":
        return len(list(csv.DictReader(StringIO(text, newline=""))))
    return None


@EVERY
def test_each_format_is_a_file_with_a_name_of_its_own(client, start, work, one):
    run = work(start(style="orchestration", fail="charge-customer"))
    response = download(client, run, one)
    assert response.status_code == 200
    assert response["Content-Type"] == one.content_type
    name = f"order-orchestration-{str(run.pk)[-6:]}-{one.file}"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert facts_in(response, one) in {None, run.last_seq}


def test_the_file_of_a_named_run_has_its_name(client, start):
    run = start()
    Run.objects.filter(pk=run.pk).update(name="Überholt: “undo”/..\\ first!")
    name = re.search('filename="([^"]+)"', download(client, run, EXPORTS[0])["Content-Disposition"])[1]
    assert name == f"uberholt-undo-first-{str(run.pk)[-6:]}-facts.json"


def test_a_name_without_a_latin_letter_is_left_out(client, start):
    run = start()
    Run.objects.filter(pk=run.pk).update(name="最初")
    assert (
        f'"order-choreography-{str(run.pk)[-6:]}-facts.json"'
        in download(client, run, EXPORTS[0])["Content-Disposition"]
    )


@EVERY
def test_each_format_is_as_of_the_moment_that_is_asked_for(client, start, work, one):
    run = work(start(fail="charge-customer"))
    response = download(client, run, one, at="5")
    assert response.status_code == 200
    assert f"-fact-5-{one.file}" in response["Content-Disposition"]
    assert facts_in(response, one) in {None, 5}
    if one.name in DRAWN:
        assert re.search("order, choreography: running", response.content.decode(), re.IGNORECASE)


@EVERY
@pytest.mark.parametrize("at", ["0", "-1", "x", "999", "²"])
def test_a_moment_that_the_run_does_not_have_is_a_400_that_says_which_it_has(client, start, work, one, at):
    run = work(start())
    response = download(client, run, one, at=at)
    assert response.status_code == 400
    assert f"“{at}” is no moment of this run; it has facts 1 to {run.last_seq} so far." in response.content.decode()
    assert "Content-Disposition" not in response


@EVERY
def test_a_run_under_way_can_be_downloaded_as_far_as_it_is(client, start, one):
    assert download(client, start(pace="step"), one).status_code == 200


@EVERY
def test_only_who_may_see_a_run_can_download_it(client, start, one):
    run = start(learner=str(uuid.uuid4()))
    assert download(client, run, one).status_code == 404
    Run.objects.filter(pk=run.pk).update(shared=True)
    assert download(client, run, one).status_code == 200


@EVERY
@pytest.mark.parametrize("change", ["saga", "account"])
def test_facts_outlive_their_saga_and_what_would_be_drawn_by_its_rules_says_why_not(client, start, work, one, change):
    run = work(start())
    if change == "saga":
        Run.objects.filter(pk=run.pk).update(saga="retired")
    else:
        row = FactRow.objects.get(run=run, seq=4)
        row.details["posting"][1] = "retired account"
        row.save()
    response = download(client, run, one)
    assert response.status_code == (410 if one.name in DRAWN else 200)
    assert ("defined otherwise" in response.content.decode()) == (one.name in DRAWN)


def test_a_run_cannot_be_changed_by_asking_for_a_file(client, start):
    assert client.post(f"{RUNS}{start().pk}/picture.svg").status_code == 405


def test_the_picture_has_the_pages_own_colours_inside(client, start):
    text = download(client, start(), EXPORTS[-1]).content.decode()
    assert "<style>svg.saga {font-family:" in text
    assert "var(" not in text


def links(**context):
    return render_to_string("sandbox/export/_links.html", context)


def test_the_links_lead_to_every_format_and_a_png_is_offered_only_with_scripts(start):
    run = start()
    html = links(run=run)
    for one in EXPORTS:
        assert f'<a href="{RUNS}{run.pk}/{one.file}" download>{one.title}</a>' in html
    assert f'<li hidden><a href="{RUNS}{run.pk}/picture.svg" data-png>' in html
    assert html.count("data-png") == 1


def test_the_links_of_a_moment_lead_to_files_as_of_that_moment(start):
    run = start()
    html = links(run=run, at=7)
    assert html.count(f"{RUNS}{run.pk}/") == html.count("?at=7") == len(EXPORTS) + 1


def export_page(client, run, **asked):
    response = client.get(f"{RUNS}{run.pk}/export/", asked)
    return response.status_code, response.content.decode()


def test_the_page_of_exports_offers_every_format_and_shows_the_picture(client, start):
    run = start()
    Run.objects.filter(pk=run.pk).update(name="Late undo")
    status, page = export_page(client, run)
    assert status == 200
    assert f'<a href="{RUNS}{run.pk}/">Late undo</a>' in page
    assert f'<img src="{RUNS}{run.pk}/picture.svg" alt="' in page
    for one in EXPORTS:
        assert f"{RUNS}{run.pk}/{one.file}" in page
        assert one.help in page


def test_the_page_of_exports_keeps_the_moment_that_it_was_opened_at(client, start, work):
    run = work(start())
    status, page = export_page(client, run, at="5")
    assert status == 200
    assert f'<img src="{RUNS}{run.pk}/picture.svg?at=5" alt="' in page
    assert "as of fact 5" in page


def test_a_moment_that_does_not_exist_is_a_400_on_the_page_of_exports_too(client, start):
    run = start(pace="step")
    status, page = export_page(client, run, at="99")
    assert status == 400
    assert "it has facts 1 to 2 so far" in page


def test_the_page_of_exports_of_a_redefined_saga_offers_what_can_still_be_downloaded(client, start, work):
    run = work(start())
    Run.objects.filter(pk=run.pk).update(saga="retired")
    status, page = export_page(client, run)
    assert status == 200
    assert "facts.csv" in page
    assert "picture.svg" not in page
    assert "defined otherwise since" in page
