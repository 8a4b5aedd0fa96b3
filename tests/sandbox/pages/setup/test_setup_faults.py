"""The setup page: faults at the places of the picture, presets and surprises."""

import re
import time
from html import unescape
from random import Random
from urllib.parse import parse_qs, urlsplit

import pytest

from sandbox.definitions.faults import Fault
from sandbox.definitions.registry import FAULT, PRESET, SAGA
from sandbox.definitions.run_settings import SETTINGS, RunSettings
from sandbox.definitions.terms import PresetGroup
from sandbox.pages.setup.form import SetupForm
from sandbox.pages.setup.random_settings import surprise
from sandbox.settings_checks import places_of

pytestmark = pytest.mark.django_db
SETUP = "/sandbox/"
HTMX = {"HX-Request": "true"}


def shown(client, address=SETUP, **chosen):
    response = client.get(address, chosen or None)
    assert response.status_code == 200, response.content.decode()
    return unescape(response.content.decode())


def links(page):
    """Returns the picture's links: their names and their addresses."""
    return dict(re.findall(r'<a class="place" href="([^"#]*)[^"]*" hx-get="[^"]*" aria-label="([^"]*)"', page))


def kinds(page):
    return re.findall(r'name="kind" value="([\w-]+)"', page)


def test_every_actor_step_and_message_of_the_picture_leads_to_its_palette(client):
    page = shown(client, style="orchestration")
    named = {name.removeprefix("Place a fault at ") for name in links(page).values()}
    assert named == {one for group in places_of(RunSettings(style="orchestration")) for one in group}
    address = next(address for address, name in links(page).items() if name.endswith(" charge-customer"))
    assert "Place a fault at charge-customer" in re.sub(r"<svg.*?</svg>", "", shown(client, address), flags=re.DOTALL)


def test_the_customer_is_no_place_for_a_fault(client):
    assert "Place a fault at customer" not in shown(client)


@pytest.mark.parametrize("at", ["charge-customer", "payment", "CustomerCharged", "send-confirmation"])
@pytest.mark.parametrize("fail", ["", "schedule-fulfilment"])
def test_the_palette_offers_just_the_kinds_that_can_strike_there_in_this_run(client, at, fail):
    offered = kinds(shown(client, at=at, fail=fail))
    strikes = [
        kind for kind in FAULT if SetupForm.showing(RunSettings(fail=fail, fault=(Fault(kind, at),))).can_start()
    ]
    assert offered == strikes


def test_a_kind_that_cannot_strike_is_named_with_the_reason(client):
    page = shown(client, at="charge-customer")
    assert "compensation-fails" not in kinds(page)
    assert "nothing undoes charge-customer in this run" in page


def test_what_is_placed_already_decides_what_else_can_strike(client):
    assert "lost" in kinds(shown(client, at="charge-customer"))
    assert kinds(shown(client, at="charge-customer", fault="reserve-inventory:lost")) == ["compensation-fails"]


def test_a_palette_opens_within_150_ms(client):
    plan = {"saga": "order-hybrid", "style": "hybrid", "fail": "schedule-fulfilment"}
    shown(client, **plan)
    took = []
    for at in ("UnpackShipment", "warehouse", "pick-items"):
        start = time.process_time()
        client.get(SETUP, {**plan, "at": at}, headers=HTMX)
        took.append(time.process_time() - start)
    assert sorted(took)[1] < 0.15


PLACING = {"at": "charge-customer", "kind": "transient", "times": "2", "nth": ""}


def test_a_placed_fault_stands_in_the_address_on_the_picture_and_in_the_list(client):
    response = client.get(SETUP, {"style": "orchestration", **PLACING})
    assert response.status_code == 302
    page = shown(client, response.url)
    assert parse_qs(urlsplit(response.url).query)["fault"] == ["charge-customer:transient=2"]
    assert 'id="palette"' not in page
    assert page.count("⚡ transient</text>") == 2  # wide and tall
    assert "Transient error at charge-customer, 2 times" in page
    assert 'name="fault" value="charge-customer:transient=2" form="setup-form"' in page


def test_a_placed_fault_can_be_taken_off_and_nothing_else_changes(client):
    chosen = {"style": "orchestration", "fault": ["payment:slow", "inventory:duplicate"], "quantity": "3"}
    page = shown(client, **chosen)
    address = re.search(r'href="([^"]*)"[^>]*aria-label="Remove: Slow service at Payment"', page)[1]
    left = parse_qs(urlsplit(address).query)
    assert (left["fault"], left["quantity"], left["style"]) == (["inventory:duplicate"], ["3"], ["orchestration"])


def test_the_same_kind_at_the_same_place_takes_the_place_of_the_one_before(client):
    response = client.get(SETUP, {"fault": "charge-customer:transient=3", **PLACING})
    assert parse_qs(urlsplit(response.url).query)["fault"] == ["charge-customer:transient=2"]


def test_placing_keeps_every_other_setting(client):
    others = {"saga": "order-parallel", "style": "orchestration", "pace": "step", "quantity": "4", "undo": "parallel"}
    others |= {"without": "inbox", "fail": "schedule-fulfilment"}
    address = client.get(SETUP, {**others, **PLACING}, headers=HTMX).headers["HX-Push-Url"]
    assert others.items() <= {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}.items()


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"times": "99"}, "How many times: “99” is out of range; enter a whole number, 1 to 20"),
        ({"times": "two"}, "How many times: “two” is out of range; enter a whole number, 1 to 20"),
        ({"nth": "0"}, "Starting with attempt no.: “0” is out of range; enter a whole number, 1 to 20"),
        (
            {"kind": "slow", "seconds": "601"},
            "For how many seconds: “601” is out of range; enter a whole number, 1 to 600",
        ),
        ({"kind": "gremlins"}, "use one of transient, slow"),
        ({"at": "atlantis"}, "its steps are validate-order"),
        ({"kind": "compensation-fails"}, "nothing undoes charge-customer in this run"),
        ({"nth": "7"}, "only in this run"),
    ],
)
def test_what_cannot_be_placed_is_said_and_not_placed(client, wrong, complaint):
    response = client.get(SETUP, {**PLACING, **wrong})
    assert response.status_code == 400
    page = unescape(response.content.decode())
    assert complaint in page
    assert 'name="fault"' not in page
    assert "fault=" not in client.get(SETUP, {**PLACING, **wrong}, headers=HTMX).headers["HX-Push-Url"]


def test_what_could_not_be_placed_can_be_corrected_where_it_was_written(client):
    page = client.get(SETUP, {"at": "charge-customer", "kind": "duplicate", "times": "99"}).content.decode()
    assert 'value="duplicate" checked' in page
    assert 'name="times" value="99"' in page


def test_the_number_of_a_fault_is_in_the_unit_of_its_kind(client):
    slow = {"at": "charge-customer", "kind": "slow", "times": "2", "seconds": "30"}
    assert placed(client, slow) == ["charge-customer:slow=30"]
    assert placed(client, {**slow, "kind": "transient", "nth": "1"}) == ["charge-customer:transient=2"]
    page = shown(client, at="charge-customer")
    assert '<label for="id_times">How many times</label>' in page
    assert '<label for="id_seconds">For how many seconds</label>' in page
    measures = dict(re.findall(r'name="kind" value="([\w-]+)"[^>]* data-measure="(\w+)"', page))
    assert (measures["slow"], measures["transient"]) == ("seconds", "times")


def placed(client, chosen):
    return parse_qs(urlsplit(client.get(SETUP, chosen).url).query)["fault"]


def test_a_fault_that_cannot_be_placed_looks_like_a_run_that_cannot_start(client):
    refused = unescape(client.get(SETUP, {**PLACING, "times": "99"}).content.decode())
    assert '<div class="errors" role="alert">\n    <p><strong>This fault cannot be placed.</strong></p>' in refused
    wrong = unescape(client.get(SETUP, {"quantity": "0"}).content.decode())
    assert '<div class="errors" role="alert" tabindex="-1" id="errors">\n  <p><strong>This run cannot start' in wrong


def test_an_address_with_an_unknown_place_is_a_400_that_names_the_known_ones(client):
    response = client.get(SETUP, {"at": "atlantis"})
    assert response.status_code == 400
    assert "its steps are validate-order" in response.content.decode()


def test_a_place_that_another_style_does_not_have_is_closed(client):
    chosen = {"style": "choreography", "at": "orchestrator"}
    assert "at=" not in client.get(SETUP, chosen, headers=HTMX).headers["HX-Push-Url"]


def test_a_fault_that_strikes_no_more_is_taken_off_and_named(client):
    chosen = {"fail": "reserve-inventory", "fault": ["charge-customer:lost", "inventory:duplicate"]}
    response = client.get(SETUP, chosen, headers=HTMX)
    assert "could not strike any more: Lost message at charge-customer." in response.content.decode()
    assert parse_qs(urlsplit(response.headers["HX-Push-Url"]).query)["fault"] == ["inventory:duplicate"]


@pytest.mark.parametrize("preset", PRESET.values(), ids=lambda preset: preset.name)
def test_every_preset_can_run_and_is_marked_when_it_is_chosen(client, preset):
    form = SetupForm.showing(RunSettings.from_pairs(preset.settings))
    assert set(preset.settings) <= set(SETTINGS)
    assert form.can_start(), form.errors
    page = shown(client, f"{SETUP}?{form.address()}")
    assert re.findall(r'aria-current="true">([^<]*)</a></li>', page) == [preset.title]
    assert claim(page) == f"<strong>{preset.title}.</strong> {preset.claim}"


def claim(page):
    return re.search(r'<p class="claim">(.*?)</p>', page)[1]


def test_presets_stand_in_groups_each_under_its_name(client):
    listed = re.search(r'<ul id="examples" popover>.*?</nav>', shown(client), re.DOTALL)[0]
    for group, block in zip(PresetGroup, listed.split('<span class="preset-group"')[1:], strict=True):
        assert f">{group}</span>" in block
        titles = [one.title for one in PRESET.values() if one.group is group]
        assert re.findall(r'class="preset"[^>]*>([^<]*)<', block) == titles
        assert titles


def test_settings_of_ones_own_are_no_preset(client):
    page = shown(client, quantity="3")
    assert "settings of your own" in claim(page)
    assert 'aria-current="true">' not in re.sub(r"<svg.*?</svg>", "", page, flags=re.DOTALL)


def test_hybrid_parallel_and_long_running_sagas_are_among_the_presets():
    settings = [one.settings for one in PRESET.values()]
    for saga in ("order-parallel", "order-hybrid", "order-long"):
        assert any(one.get("saga") == saga for one in settings)
    assert {"saga": "order-hybrid", "style": "hybrid"} in settings


def test_a_preset_stays_marked_at_another_pace_and_for_an_experiment_with_its_settings(client):
    (one,) = (preset for preset in PRESET.values() if preset.title == "All goes well")
    page = shown(client, f"{SETUP}?style=choreography&pace=step&experiment=distributed-state")
    assert f'"true">{one.title}</a>' in page
    assert one.claim in claim(page)


def test_a_newcomer_starts_with_what_goes_well(client):
    assert '"true">All goes well</a>' in shown(client)


def test_300_surprises_are_all_valid_and_in_each_something_goes_wrong():
    random = Random(7)
    found = [surprise(random) for _ in range(300)]
    for settings in found:
        assert settings.fail or settings.fault
        assert SetupForm.showing(settings).can_start()
    assert {settings.saga for settings in found} == set(SAGA)
    assert {settings.style for settings in found} == {"choreography", "orchestration", "hybrid"}
    assert any(settings.without for settings in found)


def test_the_same_seed_is_the_same_surprise():
    assert surprise(Random(3)) == surprise(Random(3))


def test_a_surprise_has_an_address_that_can_be_shared(client):
    response = client.get("/sandbox/surprise/")
    assert response.status_code == 302
    page = shown(client, response.url)
    assert "⚡" in page or "✕" in page
