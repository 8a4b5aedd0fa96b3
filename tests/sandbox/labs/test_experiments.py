"""What a lesson claims can be seen with the settings of its experiment: the engine reaches the goal of each."""

from html import escape, unescape

import pytest

from content.problems import ContentError
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import ExperimentPage, Pace, Style
from sandbox.engine.evolve import evolve
from sandbox.engine.plan.compiler import plan_named
from sandbox.engine.simulation.simulator import simulate
from sandbox.labs.checks import experiments_can_be_set_up
from sandbox.labs.experiments import experiments, labs
from sandbox.labs.goals import GOALS
from sandbox.labs.hints import records_of
from sandbox.labs.model import Lab
from sandbox.pages.load.form import LoadForm
from sandbox.settings_checks import check_settings
from sandbox.templatetags.sandbox_tags import experiment


def asked(one):
    """The settings of each run that the page of the experiment would start; of a load, one order in each style."""
    if isinstance(one, Lab):
        return one.runs
    if one.at is ExperimentPage.LOAD_LAB:
        form = LoadForm.of(one.settings)
        assert form.is_valid(), form.errors
        chosen = form.settings
        return [RunSettings(saga=chosen.saga, style=style, pace=Pace.FAST) for style in chosen.style]
    settings = RunSettings.from_pairs(one.settings)
    check_settings(settings)
    return settings.each


def runs(one):
    return records_of(asked(one))


@pytest.mark.parametrize("name", experiments())
def test_the_engine_reaches_the_goal_with_the_settings(name):
    one = experiments()[name]
    assert GOALS[one.goal].reached(runs(one))


def test_every_goal_is_that_of_some_experiment():
    assert {one.goal for one in experiments().values()} == GOALS.keys()


ORDINARY = {style: simulate(plan_named("order", style)) for style in (Style.CHOREOGRAPHY, Style.ORCHESTRATION)}
# What an order that goes well shows as well: it is in the plan, or in how many messages go where.
ALWAYS_SO = {
    "no-message-names-its-receiver",
    "nobody-handles-half-of-the-messages",
    "nobody-knows-where-the-order-is",
    "only-the-orchestrator-speaks-of-every-step",
    "the-orchestrator-alone-knows-where-the-order-is",
    "every-message-passes-the-orchestrator",
    "the-orchestrator-handles-six-messages-of-an-order",
    "each-service-decides-in-one-and-the-orchestrator-in-the-other",
    "services-hear-each-other-or-the-orchestrator",
    "only-in-one-of-them-somebody-knows",
    "about-twice-as-many-messages-and-half-of-them-in-one-queue",
}


def test_a_goal_about_something_that_goes_wrong_is_not_reached_by_an_order_that_goes_well():
    one, other = ORDINARY.values()
    reached = {name for name, goal in GOALS.items() if goal.reached([one, other])}
    reached |= {name for name, goal in GOALS.items() if goal.reached([one]) or goal.reached([other])}
    assert reached == ALWAYS_SO


def test_no_goal_about_one_run_is_reached_in_both_styles_by_an_order_that_goes_well():
    one, other = ORDINARY.values()
    assert [name for name, goal in GOALS.items() if goal.reached([one]) and goal.reached([other])] == []


@pytest.mark.parametrize("style", Style)
def test_of_a_run_that_has_only_begun_every_goal_can_be_asked(style):
    record = simulate(plan_named("order-hybrid", style))
    begun = evolve(record, facts=record.facts[:2], entries=())
    for goal in GOALS.values():
        assert goal.reached([begun] * goal.runs) in {True, False}


def test_a_goal_of_two_runs_is_not_reached_by_one():
    assert not GOALS["the-same-is-undone-by-others"].reached([ORDINARY[Style.CHOREOGRAPHY]])


ENTRY = """\
seen:
  title: See it
  watch: See what happens.
  settings:
    style: orchestration
    fault: "charge-customer:transient=3"
  goal: the-fourth-attempt-succeeds
"""


@pytest.fixture
def written(write):
    return lambda text=ENTRY, name="experiments.yaml", **where: write(text, name=name, **where)


def test_adding_an_experiment_is_one_entry_and_shows_without_a_restart(written):
    written()
    assert list(experiments()) == ["seen"]
    written(ENTRY + ENTRY.replace("seen", "seen-too"))
    assert list(experiments()) == ["seen", "seen-too"]
    assert experiments()["seen-too"].address == (
        "/sandbox/?style=orchestration&fault=charge-customer%3Atransient%3D3&experiment=seen-too"
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        (
            "  watch:",
            "  wacth:",
            3,
            "wacth is no field here; did you mean 'watch'? The fields are title",
        ),
        (
            "    style: o",
            "    stile: o",
            5,
            "settings.stile is no field here; did you mean 'style'?",
        ),
        (
            "    style: o",
            "    count: 9\n    style: o",
            5,
            "settings.count is no setting of the setup page; it has saga",
        ),
        ("style: orchestration", "style: ballet", 5, "settings.style is 'ballet'; use one of choreography, orch"),
        ("transient=3", "transient=x", 6, "settings.fault is 'charge-customer:transient=x'; "),
        (
            "    style: orch",
            "    without: inbx\n    style: orch",
            5,
            "settings.without is 'inbx'; use one of outbox",
        ),
        ("the-fourth-attempt-succeeds", "the-forth-attempt-succeeds", 7, "has no such goal; did you mean 'the-fourth"),
        ("the-fourth-attempt-succeeds", "three-reasons-or-one", 7, "is one of two runs; the settings start one run"),
        ("  title: See it\n", "", 1, "experiment 'seen': title is missing"),
        ("  title: See it\n", "  title:\n", 2, "experiment 'seen': title is empty"),
        ("  title: See it\n", "  title: See it\n  title: See it\n", 3, "experiment 'seen': title is given twice"),
        ("  title: See it\n", "  title: [See it]\n", 2, "experiment 'seen': title is a list; use text"),
        ("  goal", "  at: kitchen\n  goal", 7, "at is 'kitchen'; use one of setup page, load lab"),
    ],
)
def test_a_mistake_in_an_experiment_is_reported_with_its_line(written, old, new, line, says, told):
    file = written(ENTRY.replace(old, new))
    (message,) = told()
    assert message.startswith(f"{file}:{line}: experiment 'seen'")
    assert says in message


def test_two_experiments_of_different_lessons_cannot_share_a_name(written, told):
    second, first = written(), written(lesson="inbox")
    assert told() == [f"{second}:1: experiment 'seen' has the name of another one, which stands at {first}:1"]


def test_what_is_wrong_in_all_files_is_reported_at_once(written, told):
    files = written("seen:\n"), written("other: []\n", lesson="inbox")
    assert {message.split(":")[0] for message in told()} == set(map(str, files))
    with pytest.raises(ContentError):
        experiments()


@pytest.mark.django_db
def test_settings_that_the_page_refuses_are_reported_with_their_line(written, course):
    file = written(ENTRY.replace("style: orchestration", "style: hybrid"))
    (refused, _) = experiments_can_be_set_up()
    assert (refused.id, str(refused.obj)) == ("sandbox.E002", f"{file}:1")
    assert "settings are refused by the setup page: " in refused.msg
    assert "order has no part that is choreographed inside; run it as one of choreography" in refused.msg


PAGES = {ExperimentPage.SETUP: "/sandbox/?", ExperimentPage.LOAD_LAB: "/sandbox/load/?"}


@pytest.mark.parametrize("name", experiments().keys() - labs().keys())
def test_its_link_leads_to_where_it_is_set_up(name):
    assert f'href="{escape(experiments()[name].setup)}"' in experiment(name)


@pytest.mark.django_db
@pytest.mark.parametrize("name", experiments())
def test_the_page_where_it_is_set_up_says_what_to_look_for(client, name):
    one = experiments()[name]
    assert one.setup.startswith(PAGES[one.at])
    response = client.get(one.setup)
    assert response.status_code == 200
    page = unescape(response.content.decode())
    assert "From the lesson" in page
    assert len(one.watch) > 10
    assert one.watch in page


def test_an_unknown_one_is_answered_with_the_valid_ones():
    with pytest.raises(ValueError, match="unknown experiment 'flying'; use one of loose-coupling, service-by-service"):
        experiment("flying")
