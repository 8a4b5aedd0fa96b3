"""Sagas, styles and faults, sampled on real workers: every fault in every style, crashes with real kills."""

import json

import pytest

from sandbox.definitions.registry import FAULT, SAGA
from sandbox.definitions.terms import SagaStatus
from tests.workers import inside

pytestmark = pytest.mark.timeout(240)

CRASHES = [kind for kind in FAULT if kind.startswith("crash")]


def sample():
    """Every fault in every style of two sagas: one step of the one, and the actor that hears most in the other."""
    runs = []
    for saga, style in (("order", "choreography"), ("order", "orchestration"), ("order-hybrid", "hybrid")):
        for kind in FAULT:
            refused = "schedule-fulfilment" if kind == "compensation-fails" else ""
            runs.append({"saga": saga, "style": style, "fail": refused, "fault": [f"charge-customer:{kind}"]})
    for saga in ("order-parallel", "order-fraud"):
        for style in SAGA[saga].styles:
            for kind in CRASHES:
                actor = "orchestrator" if style == "orchestration" else "inventory"
                runs.append({"saga": saga, "style": style, "fail": "", "fault": [f"{actor}:{kind}"]})
    return [{**run, "pace": "fast"} for run in runs]


def test_every_fault_in_every_style_keeps_every_law_on_real_workers(shop):
    asked = sample()
    results = shop.finish(shop.begin(asked, within=120))
    assert len(results) == len(asked)
    for run, result in zip(asked, results, strict=True):
        settled = {SagaStatus.COMPLETED, SagaStatus.COMPENSATED}
        fails = {SagaStatus.COMPENSATION_FAILED} if "compensation-fails" in run["fault"][0] else set()
        assert result["status"] in settled | fails, (run, result)
        assert not result["broken"], (run, result)
    assert SagaStatus.COMPENSATION_FAILED in {result["status"] for result in results}


def told(shop, *arguments):
    result = shop.manage("runsaga", "order", *arguments, "--json")
    return result.returncode, json.loads(result.stdout)


@pytest.mark.parametrize("style", ["choreography", "orchestration"])
@pytest.mark.parametrize(
    ("without", "fault", "invariant"),
    [
        ("outbox", "crash-after-commit", "told-iff-done"),
        ("outbox", "crash-after-publish", "told-iff-done"),
        ("inbox", "duplicate", "effects-once"),
        ("inbox", "crash-after-publish", "one-charge"),
    ],
)
def test_a_guarantee_that_is_off_gives_its_anomaly_and_the_verdict_names_the_law(
    shop, style, without, fault, invariant
):
    status, run = told(shop, "--style", style, "--fault", f"charge-customer:{fault}", "--without", without)
    assert status == 1
    assert not run["laws"][invariant]
    assert "(fact " in run["why"][invariant]


@pytest.mark.parametrize("style", ["choreography", "orchestration"])
@pytest.mark.parametrize(("without", "fault"), [("late-ack", "crash-before-work"), ("timeouts", "lost")])
def test_a_lost_order_is_stuck_and_breaks_no_law_about_ended_sagas(shop, style, without, fault):
    off = [word for guarantee in {without, "timeouts"} for word in ("--without", guarantee)]
    status, run = told(shop, "--style", style, "--fault", f"charge-customer:{fault}", *off)
    assert (status, run["status"]) == (0, "STUCK")
    assert all(run["laws"].values())
    assert "comes-to-an-end" in run["open"]
    assert "a lost order" in run["why"]["comes-to-an-end"]


def test_an_orchestrator_killed_mid_saga_replays_its_history(shop):
    _, run = told(shop, "--style", "orchestration", "--fault", "CustomerCharged:crash-before-work")
    assert run["status"] == "COMPLETED"
    kinds = [fact["kind"] for fact in shop.journal(run["run"])]
    assert kinds.count("history replayed") == 1
    assert kinds.count("fault injected") == 1


def test_many_at_once_are_summed_up(shop):
    status, many = told(shop, "--count", "20", "--style", "orchestration")
    assert status == 0
    assert many["statuses"] == {"COMPLETED": 20}
    assert all(many["laws"].values())
    assert many["p50_ms"] <= many["p95_ms"]
    assert many["sagas_per_second"] > 0


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--fault", "charge-customer:vanish"], "crash-before-work"),
        (["--fault", "fly:lost"], "validate-order"),
        (["--fault", "schedule-fulfilment:compensation-fails"], "has no undo"),
        (["--style", "hybrid"], "choreography, orchestration"),
        (["--without", "luck"], "late-ack"),
        (["--count", "0"], "1 to 10000"),
        (["--timeout", "-1"], "more than 0 seconds"),
        (["--undo", "sideways"], "sequential"),
    ],
)
def test_bad_faults_end_with_2_and_say_what_is_allowed(shop, arguments, named):
    result = shop.manage("runsaga", "order", *arguments)
    assert result.returncode == 2
    assert named in result.stderr


def test_a_wait_of_three_days_survives_a_stop_of_everything_and_is_skipped(shop):
    runs = [{"saga": "order-long", "style": style, "pace": "fast"} for style in ("choreography", "orchestration")]
    started = shop.begin(runs, within=90)
    for run in started.run_ids:
        shop.wait_for_fact(run, "message sent", name="ScheduleFulfilmentDue")
    shop.restart()
    for run in started.run_ids:
        shop.inside(inside.skip_time, run)
    assert [result["status"] for result in shop.finish(started)] == ["COMPLETED", "COMPLETED"]


@pytest.mark.parametrize("style", SAGA["order-long"].styles)
def test_a_wait_of_three_days_can_be_skipped_on_the_command_line(shop, style):
    result = shop.manage("runsaga", "order-long", "--style", style, "--skip", "--json")
    assert (result.returncode, json.loads(result.stdout)["status"]) == (0, "COMPLETED")


def test_a_run_that_waits_says_for_what(shop):
    result = shop.manage("runsaga", "order-long", "--timeout", "3")
    assert result.returncode == 1
    assert "Fulfilment's timer ScheduleFulfilmentDue" in result.stderr


def test_a_run_begun_again_goes_its_own_way_on_real_workers(shop):
    _, first = told(shop, "--style", "orchestration", "--fail", "charge-customer")
    again = shop.inside(inside.fork_run, first["run"], 12)
    ended = shop.wait_for_fact(again, "saga ended")
    assert ended["status"] == "COMPENSATED"
    assert [f["kind"] for f in shop.journal(again)] == [f["kind"] for f in shop.journal(first["run"])]


def test_this_time_the_card_works_although_the_orchestrator_is_killed_and_replays_its_history(shop):
    killed = ("--fault", "orchestrator:crash-before-work@4")
    _, first = told(shop, "--style", "orchestration", "--fail", "charge-customer", *killed)
    again = shop.inside(inside.fork_run, first["run"], 12, "fail=")
    ended = shop.wait_for_fact(again, "saga ended")
    assert (first["status"], ended["status"]) == ("COMPENSATED", "COMPLETED")
    kinds = [fact["kind"] for fact in shop.journal(again)]
    assert kinds.index("run forked") < kinds.index("history replayed")


def test_a_compensation_that_failed_is_finished_by_the_operators_retry(shop):
    arguments = ("--style", "orchestration", "--fail", "charge-customer")
    _, run = told(shop, *arguments, "--fault", "reserve-inventory:compensation-fails")
    assert run["status"] == "COMPENSATION_FAILED"
    dead = next(fact for fact in shop.journal(run["run"]) if fact["kind"] == "message given up")
    shop.inside(inside.retry_message, run["run"], dead["message"], "inventory")
    assert shop.wait_for_fact(run["run"], "saga ended", status="COMPENSATED")
