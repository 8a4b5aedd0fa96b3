"""A lab keeps its word: its runs reach the goal, and the engine decides each prediction as one of its options."""

import pytest

from content.problems import ContentError
from sandbox.definitions.terms import ExperimentPage
from sandbox.engine.evolve import evolve
from sandbox.labs.checks import experiments_can_be_set_up
from sandbox.labs.debrief import LOAD_FIGURES, figures_in, fill
from sandbox.labs.experiments import experiments, labs
from sandbox.labs.hints import records_of
from sandbox.labs.measures import MEASURES
from sandbox.settings_checks import check_settings

LABS = labs()
each_lab = pytest.mark.parametrize("one", LABS.values(), ids=LABS)


def runs(lab):
    return records_of(lab.runs)


def load_of(lab):
    """Stands for what the load lab measures in each style."""
    return [dict.fromkeys(LOAD_FIGURES, "measured")] * len(lab.runs) if lab.is_load else []


@each_lab
def test_its_runs_can_be_started_and_reach_its_goal(one):
    for settings in one.runs:
        check_settings(settings)
    assert one.aim.reached(runs(one))


@each_lab
def test_what_comes_true_is_an_option_of_each_prediction(one):
    records = runs(one)
    for prediction in one.predictions:
        assert prediction.outcome(records) in prediction.options
        assert 2 <= len(prediction.options) <= 4


@each_lab
def test_nothing_is_decided_before_a_run_has_begun(one):
    begun = [evolve(record, facts=record.facts[:2], entries=()) for record in runs(one)]
    assert not any(prediction.outcome(begun) for prediction in one.predictions)
    assert not any(prediction.outcome([]) for prediction in one.predictions)


@each_lab
def test_title_and_claim_do_not_tell_the_answer(one):
    records = runs(one)
    told = f"{one.title} {one.claim}".lower()
    assert not [each.ask for each in one.predictions if each.in_words(each.outcome(records)).lower() in told]
    assert len(one.claim.split()) <= 25


@each_lab
def test_its_debrief_is_filled_with_figures_of_the_run(one):
    text = fill(one.debrief, runs(one), load_of(one))
    assert len(figures_in(one.debrief)) >= 2
    assert not set("{}") & set(text)
    # A figure without words would leave a hole.
    assert not [gap for gap in ("  ", " ,", " .", " ;", ": ;", ": .") if gap in text]


@each_lab
def test_its_debrief_bears_a_run_that_stopped_early(one):
    stopped = [evolve(record, facts=record.facts[:2], entries=()) for record in runs(one)]
    text = fill(one.debrief, stopped, load_of(one))
    assert not set("{}") & set(text)
    assert not [gap for gap in ("  ", " ,", " .", " ;", ": ;", ": .") if gap in text]


def test_the_debrief_of_a_stepped_lab_counts_nothing_that_is_still_to_come():
    stepped = [one for one in LABS.values() if any(run.pace == "step" for run in one.runs)]
    for one in stepped:
        (record,) = runs(one)
        moments = ([record.as_of(fact.seq)] for fact in record.facts)
        told = next(seen for seen in moments if one.aim.reached(seen) and all(q.outcome(seen) for q in one.predictions))
        assert fill(one.debrief, told) == fill(one.debrief, [record])
    assert stepped


@each_lab
def test_it_takes_three_to_five_minutes_and_ends_with_one_sentence(one):
    assert 3 <= one.minutes <= 5
    assert one.model.count(".") == 1
    assert one.model.endswith(".")


def test_the_first_path_has_eight_labs():
    assert sorted(one.first_path for one in LABS.values() if one.first_path) == list(range(1, 9))


def test_the_longest_option_is_not_the_right_one_more_often_than_not():
    asked = [(each, each.outcome(runs(one))) for one in LABS.values() for each in one.predictions]
    longest = [max(each.options, key=lambda value, of=each.options: len(of[value])) == right for each, right in asked]
    assert sum(longest) < len(longest) / 2


def test_a_lab_is_an_experiment_of_that_name():
    assert LABS.items() <= experiments().items()
    assert {one.lesson for one in LABS.values()} == {one.location.file.parent.name for one in LABS.values()}


def test_two_runs_beside_each_other_differ_as_their_names_say():
    one = LABS["at-least-once"]
    assert one.run_names == ("With an inbox", "Without an inbox")
    first, second = one.runs
    assert evolve(first, without=("inbox",)) == second
    assert LABS["failure-handling"].run_names == ("Choreography", "Orchestration")
    assert LABS["hard-debugging"].run_names == ()


def test_a_load_has_an_order_in_each_style():
    assert [one.style for one in LABS["scalability"].runs] == ["choreography", "orchestration"]
    assert LABS["scalability"].at is ExperimentPage.LOAD_LAB


def test_every_measure_can_be_put_in_words_for_any_run():
    for one in LABS.values():
        for record in runs(one):
            assert [name for name, measure in MEASURES.items() if not measure.words(record)] == []


ENTRY = """\
seen:
  title: See it
  claim: A message may come twice.
  watch: See what happens.
  settings:
    style: orchestration
    fault: "charge-customer:transient=3"
  goal: the-fourth-attempt-succeeds
  predict:
    - ask: How does it end?
      options:
        COMPLETED: It completes
        STUCK: It is stuck
      answer: end
  debrief: "{failed} attempts failed, of {messages} messages."
  model: It is tried again.
  minutes: 3
"""
ASKED = "    - {ask: Who notices?, options: {order: Order, nobody: Nobody}, answer: notice}\n"
AGAINST = """\
  against:
    names: [With it, Without it]
    settings:
      without: inbox
"""


@pytest.fixture
def written(write):
    return lambda text=ENTRY, name="labs.yaml", **where: write(text, name=name, **where)


def test_adding_a_lab_is_one_entry_and_shows_without_a_restart(written, told):
    written()
    assert list(labs()) == ["seen"]
    written(ENTRY + ENTRY.replace("seen", "seen-too"))
    assert list(labs()) == ["seen", "seen-too"]
    one = labs()["seen-too"]
    assert (one.lesson, one.first_path, one.against) == ("outbox", 0, None)
    assert one.predictions[0].outcome(runs(one)) == "COMPLETED"
    assert fill(one.debrief, runs(one)) == "3 attempts failed, of 11 messages."
    assert told() == []


def test_an_experiment_is_no_lab(written):
    written(
        ENTRY.split("  claim")[0] + ENTRY[ENTRY.index("  watch") : ENTRY.index("  predict")], name="experiments.yaml"
    )
    assert list(experiments()) == ["seen"]
    assert labs() == {}


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("answer: end", "answer: ende", 14, "has no such measure; did you mean 'end'?"),
        (
            "{messages}",
            "{mesages}",
            15,
            "debrief: sandbox/labs/measures.py has no measure 'mesages'; did you mean 'messages",
        ),
        ("{messages}", "{messages.2}", 15, "debrief: there is no run 2; the lab has one run"),
        (
            "{messages}",
            "{Messages}",
            15,
            "debrief: a brace belongs to no figure; write one as {messages} or {messages.2}",
        ),
        ("{messages}", "{orders-per-second}", 15, "has no measure 'orders-per-second'"),
        ("      answer: end\n", "      answer: end\n      run: 2\n", 15, "predict[1].run is 2; the lab has one run"),
        ("      answer: end\n", "      answer: end\n      run: 0\n", 15, "predict[1].run"),
        ("        STUCK: It is stuck\n", "", 11, "predict[1].options has 1 entry; use 2 or more"),
        ("  debrief", f"{2 * ASKED}  debrief", 9, "predict has 3 entries; use 2 at most"),
        ("  minutes: 3\n", "", 1, "minutes is missing"),
        ("  claim", "  clam", 3, "clam is no field here; did you mean 'claim'?"),
        ("the-fourth-attempt-succeeds", "three-reasons-or-one", 8, "is one of two runs; the settings start one run"),
        ("  predict", f"{AGAINST}  predict", 8, "is one of one run; the settings start two runs"),
    ],
)
def test_a_mistake_in_a_lab_is_reported_with_its_line(written, old, new, line, says, told):
    file = written(ENTRY.replace(old, new))
    (message,) = told()
    assert message.startswith(f"{file}:{line}: lab 'seen'")
    assert says in message


TWO_RUNS = ENTRY.replace("the-fourth-attempt-succeeds", "the-same-is-undone-by-others")


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        (
            TWO_RUNS.replace("style: orch", "style: both #").replace("  predict", f"{AGAINST}  predict"),
            9,
            "against is for one run in one style; these settings start two already",
        ),
        (
            TWO_RUNS.replace("style: orch", "style: both #").replace("answer: end", "answer: end\n      run: 3"),
            15,
            "predict[1].run is 3; the lab has two runs",
        ),
        (
            TWO_RUNS.replace("  predict", f"{AGAINST}  predict").replace("[With it, Without it]", "[With it]"),
            10,
            "against.names has 1 entry; use 2 or more",
        ),
        (
            TWO_RUNS.replace("  predict", f"{AGAINST}  predict").replace("without: inbox", "rate: 3"),
            12,
            "against.settings.rate is no setting of the setup page; it has",
        ),
        (
            TWO_RUNS.replace("  predict", f"{AGAINST}  predict").replace("without: inbox", "style: both"),
            9,
            "against is for one run in one style",
        ),
    ],
)
def test_a_mistake_in_a_lab_of_two_runs_is_reported_with_its_line(written, text, line, says, told):
    file = written(text)
    (message,) = told()
    assert message.startswith(f"{file}:{line}: lab 'seen'")
    assert says in message


def test_a_lab_cannot_have_the_name_of_an_experiment(written, told):
    first = written(
        ENTRY[: ENTRY.index("  predict")].replace("  claim: A message may come twice.\n", ""), name="experiments.yaml"
    )
    second = written()
    assert told() == [f"{second}:1: experiment 'seen' has the name of another one, which stands at {first}:1"]
    with pytest.raises(ContentError):
        experiments()


def test_two_labs_cannot_have_one_place_on_the_first_path(written, told):
    placed = f"{ENTRY}  first_path: 1\n"
    file = written(placed + placed.replace("seen", "seen-too"))
    (message,) = told()
    assert message.startswith(f"{file}:19: lab 'seen-too': first_path 1 is the place of 'seen'")


def test_a_question_has_at_most_four_options(written, told):
    written(ENTRY.replace("        STUCK: It is stuck\n", "".join(f"        A{n}: It {n}\n" for n in range(4))))
    (message,) = told()
    assert "predict[1].options has 5 entries" in message


@pytest.mark.django_db
def test_settings_of_a_second_run_that_cannot_start_are_reported(written, course):
    text = ENTRY.replace("the-fourth-attempt-succeeds", "the-same-is-undone-by-others") + AGAINST
    written(text.replace("without: inbox", "fault: charge-customer:compensation-fails"))
    (refused, _) = experiments_can_be_set_up()
    assert "against.settings are refused" in refused.msg
