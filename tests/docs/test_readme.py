"""README.md: adding one entry is enough, and the commands exist."""

import json
import os
import re
import subprocess
import sys

import pytest
from django.core.management import get_commands

from tests.docs.markdown_files import ROOT, paths, quoted, tables

README = (ROOT / "README.md").read_text()

# A new service, a new saga over it whose second step is new, can be refused and undone, what it promises, a new fault
# and a preset: each added to its tuple before anything else is imported, as editing that one file would.
ADD_ENTRIES = '''
from sandbox.definitions import fault_types, participants, presets, sagas
from sandbox.definitions.model import Account, Action, FaultType, Refusal, Saga, Service, Step, Unit
from sandbox.definitions.model import Preset, Undo
from sandbox.definitions.terms import PresetGroup
from sandbox.definitions.promises import Together
from sandbox.definitions.terms import Effect, Phase

ACCOUNTS = (Account("ribbons", Unit.ORDER, opening=5), Account("used", Unit.ORDER))
participants.SERVICES += (Service("gifts", "Gifts", "gift", ACCOUNTS),)
WRAP = Step(
    do=Action("wrap-gift", "WrapGift", "GiftWrapped"),
    undo=Undo("unwrap-gift", "UnwrapGift", "GiftUnwrapped", "NothingToUnwrap"),
    refusal=Refusal("NoRibbon", "no ribbon", "WrappingFailed"), service="gifts", source="ribbons", target="used",
    after=("validate-order",),
)
presets.PRESETS += (Preset("jammed", "Paper jam!", "It jams twice.",
    {"saga": "gift", "fault": "wrap-gift:paper-jam"}, PresetGroup.CRASHES),)
fault_types.FAULTS += (FaultType("paper-jam", "Paper jam", "It jams.", Phase.ARRIVING, Effect.FAIL, number=2),)
WRAPPED = Together("wrapped-iff-valid", "Wrapped if valid", "wrap-gift", "validate-order", "wrapped", "bare")
STEPS = (sagas.VALIDATE, WRAP)
sagas.SAGAS += (Saga("gift", "A gift", "An order that is wrapped.", "GiftOrdered", STEPS, promises=(WRAPPED,)),)
JAMS = """
jams:
  title: See it jam
  watch: Count its attempts.
  settings: {saga: gift, style: orchestration, fault: "wrap-gift:paper-jam=3"}
  goal: the-fourth-attempt-succeeds
"""
JAM_LAB = JAMS.replace("jams:", "jam-lab:") + """\\
  claim: Paper jams.
  predict: [{ask: How does it end?, options: {COMPLETED: All is done, STUCK: Nobody acts}, answer: end}]
  debrief: "It was tried again {failed} times."
  model: It is tried again.
  minutes: 3
"""
'''
CHECKS = {
    "a service": """
        from sandbox.definitions.registry import QUEUES
        assert "gifts" in QUEUES
        from config.processes import worker
        assert "gifts" in worker("gifts").command
        from sandbox.pages.run.ledgers import ledgers
        found = ledgers(simulate(compile_plan(SAGA["gift"], Style.CHOREOGRAPHY)))
        assert [ledger.title for ledger in found] == ["Order", "Gifts"]
    """,
    "a step": """
        from sandbox.render.diagram.svg import svg
        from sandbox.render.diagram.layout import Shape, draw
        from sandbox.render.text.rule_tables import as_text, rule_rows
        for style in SAGA["gift"].styles:
            plan = compile_plan(SAGA["gift"], style)
            assert "gifts" in plan.actors
            assert "wrap-gift" in as_text(rule_rows(plan))
            for shape in Shape:
                assert "wrap-gift" in svg(draw(plan, shape), name="x")
    """,
    "a refusal": """
        for style in SAGA["gift"].styles:
            board = simulate(compile_plan(SAGA["gift"], style), fail="wrap-gift").board
            assert board.status == "COMPENSATED"
            assert board.compensations == ("validate-order",)
        page = client.get("/sandbox/?saga=gift&fail=wrap-gift").content.decode()
        assert "No ribbon" in page
        assert client.get("/sandbox/?saga=gift&fail=charge-customer").status_code == 400
    """,
    "a saga": """
        for style in SAGA["gift"].styles:
            record = simulate(compile_plan(SAGA["gift"], style))
            assert record.board.status == "COMPLETED"
            assert not broken(judge(record))
        assert "A gift" in client.get("/sandbox/").content.decode()
        from sandbox.services import RunSettings, start_run
        run = start_run(RunSettings(saga="gift", pace="step"), learner=None)
        page = client.get(f"/sandbox/runs/{run.pk}/").content.decode()
        assert "ribbons" in page and "Gifts" in page and "GiftOrdered" in page
    """,
    "a fault": """
        plan = compile_plan(SAGA["gift"], Style.ORCHESTRATION)
        record = simulate(plan, faults=[parse_fault("wrap-gift:paper-jam")])
        assert [fact.fault for fact in record.of_kind(FactKind.FAULT_INJECTED)] == ["paper-jam"] * 2
        assert [fact.attempt for fact in record.of_kind(FactKind.ATTEMPT_FAILED)] == [1, 2]
        assert record.board.status == "COMPLETED"
        assert "Paper jam" in client.get("/sandbox/?saga=gift&at=wrap-gift").content.decode()
        page = client.get("/sandbox/?saga=gift&style=orchestration&fault=wrap-gift:paper-jam=3")
        assert page.status_code == 200
    """,
    "a preset": """
        from html import unescape
        page = client.get("/sandbox/").content.decode()
        address = page.split("Paper jam!")[0].rsplit('href="', 1)[1].split('"')[0]
        page = client.get(unescape(address))
        assert page.status_code == 200 and "It jams twice." in page.content.decode()
    """,
    "an experiment of a lesson": """
        from html import unescape
        import shutil
        from django.template import Context, Template
        from sandbox.labs.checks import experiments_are_sound, experiments_can_be_set_up
        settings.LESSONS_DIR = shutil.copytree(settings.LESSONS_DIR, settings.VAR_DIR / "lessons")
        (file,) = settings.LESSONS_DIR.glob("*/choreography-vs-orchestration/experiments.yaml")
        with file.open("a") as entries:
            entries.write(JAMS)
        assert experiments_are_sound() == []
        assert not [each for each in experiments_can_be_set_up() if each.is_serious()]
        link = Template('{% load sandbox_tags %}{% experiment "jams" %}').render(Context())
        assert ">See it jam</a>" in link
        page = client.get(unescape(link.split('href="')[1].split('"')[0]))
        assert page.status_code == 200 and "Count its attempts." in page.content.decode()
    """,
    "a lab of a lesson": """
        from sandbox.labs.checks import experiments_are_sound
        from sandbox.labs.debrief import fill
        from sandbox.labs.experiments import labs
        from sandbox.engine.plan.compiler import plan_of
        settings.LESSONS_DIR = settings.VAR_DIR / "lessons-of-labs"
        file = settings.LESSONS_DIR / "basics" / "gift" / "labs.yaml"
        file.parent.mkdir(parents=True)
        file.write_text(JAM_LAB)
        assert experiments_are_sound() == []
        lab = labs()["jam-lab"]
        (chosen,) = lab.runs
        records = [simulate(plan_of(chosen), faults=chosen.fault)]
        assert lab.predictions[0].outcome(records) == "COMPLETED"
        assert fill(lab.debrief, records) == "It was tried again 3 times."
    """,
    "a promise of one saga": """
        from dataclasses import replace
        record = simulate(compile_plan(SAGA["gift"], Style.CHOREOGRAPHY))
        unwrapped = replace(record, entries=[entry for entry in record.entries if entry.account != "used"])
        found = {finding.invariant.name: finding.violation for finding in judge(unwrapped)}
        assert found["wrapped-iff-valid"].text == "bare"
        assert not broken(judge(record))
    """,
    "a goal of an experiment": """
        from sandbox.labs import goals
        def it_jams_twice(run):
            return len(run.of_kind(FactKind.ATTEMPT_FAILED)) == 2
        (goal,) = goals.goals_of(1, [it_jams_twice])
        plan = compile_plan(SAGA["gift"], Style.CHOREOGRAPHY)
        assert goal.name == "it-jams-twice"
        assert goal.reached([simulate(plan, faults=[parse_fault("wrap-gift:paper-jam")])])
        assert not goal.reached([simulate(plan)])
    """,
    "an invariant of every saga": """
        from sandbox.engine.analysis import invariants
        wrong = invariants.Violation("of course", 1)
        invariants.INVARIANTS += (invariants.Invariant("never", "This never holds", lambda record: wrong),)
        findings = judge(simulate(compile_plan(SAGA["gift"], Style.CHOREOGRAPHY)))
        assert [f.invariant.name for f in findings if not f.is_kept] == ["never"]
    """,
    "a difference between two runs": """
        from sandbox.engine.analysis import comparison
        line = comparison.ComparisonLine("facts", "Lines in the journal", lambda record: len(record.facts))
        comparison.LINES += (line,)
        from sandbox.services import RunSettings, start_both
        one, other = start_both(RunSettings(saga="gift", pace="step"), learner=None)
        page = client.get(f"/sandbox/compare/{one.pk}/{other.pk}/").content.decode()
        assert "Lines in the journal" in page
    """,
    "a filter of the list of runs": """
        from django.db.models import Q
        from sandbox.pages.history import filters
        where = lambda value, learner: Q(settings__quantity__gt=1)
        filters.FILTERS += (filters.ListFilter("size", "Size", {"": "Any", "large": "More than one"}, where),)
        from sandbox.services import RunSettings, start_run
        one, many = (start_run(RunSettings(saga="gift", quantity=n, pace="step"), learner=None) for n in (1, 3))
        page = client.get("/sandbox/runs/?by=command-line&size=large").content.decode()
        assert '<option value="large" selected>More than one</option>' in page
        assert f"run-{many.pk}" in page and f"run-{one.pk}" not in page
        assert client.get("/sandbox/runs/?size=huge").status_code == 400
    """,
    "an export of a run": """
        from sandbox.render.export import formats
        def kinds(run):
            return " ".join(fact.kind for fact in run.facts)
        formats.EXPORTS += (formats.ExportFormat("kinds", "kinds.txt", "Kinds", "In a row.", "text/plain", kinds),)
        from sandbox.services import RunSettings, start_run
        run = start_run(RunSettings(saga="gift", pace="step"), learner=None)
        page = client.get(f"/sandbox/runs/{run.pk}/export/").content.decode()
        assert f'href="/sandbox/runs/{run.pk}/kinds.txt"' in page and "In a row." in page
        file = client.get(f"/sandbox/runs/{run.pk}/kinds.txt")
        assert file.content == b"saga started message sent" and "-kinds.txt" in file["Content-Disposition"]
    """,
    "a format of sagas, for another engine or tool": """
        from sandbox.render.saga_code import formats
        def steps(saga):
            return {f"{saga.name}.txt": "".join(f"{step.name}\\n" for step in saga.steps)}
        few = lambda saga: (f"Only {len(saga.steps)} names.",)
        made_as = formats.SagaFormat("names", "Names", "In a column.", "text", "text/plain", steps, few)
        formats.SAGA_FORMATS += (made_as,)
        page = client.get("/sandbox/sagas/gift/?format=names").content.decode()
        assert "In a column." in page and "Only 2 names." in page and 'href="?format=names"' in page
        assert client.get("/sandbox/sagas/gift/names/gift.txt").content == b"validate-order\\nwrap-gift\\n"
        from io import StringIO
        from django.core.management import call_command
        call_command("exportsaga", "gift", "names", stdout=(printed := StringIO()))
        assert "wrap-gift" in printed.getvalue()
    """,
    "a prediction": """
        from sandbox.engine.analysis import predictions
        predictions.QUESTIONS += (predictions.PredictionQuestion(
            "ribbon", "Is a ribbon used?", lambda plan: {"yes": "It is", "no": "It is not"},
            lambda record: "yes" if record.balance("gifts", "used") else "no",
        ),)
        page = client.get("/sandbox/?saga=gift").content.decode()
        assert "Is a ribbon used?" in page and "It is not" in page
        chosen = {"saga": "gift", "predict-ribbon": "yes"}
        assert client.get("/sandbox/", {**chosen, "predict-ribbon": "maybe"}).status_code == 400
        assert client.get("/sandbox/", chosen).status_code == 200
        record = simulate(compile_plan(SAGA["gift"], Style.CHOREOGRAPHY))
        (*_, ribbon) = predictions.outcomes({"ribbon": "yes"}, record)
        assert ribbon.is_right and ribbon.happened == "It is"
    """,
}
PREAMBLE = """
import django
from django.conf import settings
from django.core.management import call_command
django.setup()
call_command("migrate", verbosity=0)
from django.test import Client
from sandbox.definitions.registry import SAGA
from sandbox.definitions.terms import FactKind, Style
from sandbox.definitions.faults import parse_fault
from sandbox.engine.analysis.invariants import broken, judge
from sandbox.engine.plan.compiler import compile_plan
from sandbox.engine.simulation.simulator import simulate
client = Client(SERVER_NAME="localhost")
"""
# Each check in a process of its own, forked where the entries have been added and nothing else has happened.
RUN_CHECKS = """
import json, os, sys, traceback
from django.conf import settings
from django.db import connections
connections.close_all()

def check(what, code):
    os.dup2(os.open(settings.VAR_DIR / what, os.O_CREAT | os.O_WRONLY), sys.stderr.fileno())
    try:
        exec(code, dict(globals()))
        os._exit(0)
    finally:
        traceback.print_exc()
        os._exit(1)

statuses = {}
for what, code in json.load(sys.stdin).items():
    child = os.fork() or check(what, code)
    statuses[what] = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
print(json.dumps(statuses))
"""


def table_of(heading):
    rows = README.split(f"## {heading}")[1].split("\n## ")[0]
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows.splitlines() if row.startswith("|")]
    return cells[2:]


def dedent(code):
    return "\n".join(line[8:] if line.startswith(" " * 8) else line for line in code.splitlines())


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """Returns the exit status of each check, and what it wrote to stderr."""
    var = tmp_path_factory.mktemp("one entry")
    env = {
        **os.environ,
        "VAR_DIR": str(var),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }
    checks = json.dumps({what: dedent(code) for what, code in CHECKS.items()})
    command = [sys.executable, "-c", ADD_ENTRIES + PREAMBLE + RUN_CHECKS]
    result = subprocess.run(command, input=checks, cwd=ROOT, env=env, capture_output=True, text=True, timeout=110)
    assert result.returncode == 0, result.stderr
    return {what: (status, (var / what).read_text()) for what, status in json.loads(result.stdout).items()}


@pytest.mark.parametrize("what", CHECKS)
def test_adding_one_entry_is_all_it_takes(what, results):
    status, said = results[what]
    assert status == 0, said


def test_the_table_promises_what_the_tests_prove():
    # Proven in test_authoring.py, tests/course, tests/quiz and tests/sandbox.
    elsewhere = {"a setting of a run", "a lesson", "a question", "a term", "a question about one's own run"}
    elsewhere |= {"a misconception behind a wrong option", "what a trace question can ask"}
    elsewhere |= {"a mock interview", "a question of a mock interview", "a lesson on one page"}
    assert {row[0] for row in table_of("Add one thing")} == CHECKS.keys() | elsewhere


ROWS = [row for name in ("README.md", "CONTRIBUTING.md") for row in tables((ROOT / name).read_text())]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_a_row_names_is_in_the_files_that_it_names(row):
    files = [ROOT / path for cell in row for path in paths(cell) if path.endswith(".py")]
    code = "\n".join(file.read_text() for file in files)
    for name in {one for cell in row for one in quoted(cell) if re.fullmatch(r"[A-Za-z_]+", one)} if files else ():
        assert re.search(rf"\b{name}\b", code), name


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_every_command_that_is_named_exists(name):
    text, makefile = (ROOT / name).read_text(), (ROOT / "Makefile").read_text()
    for target in re.findall(r"make (\w+)`", text):
        assert f"\n{target}:" in makefile
    for command in re.findall(r"manage\.py (\w+)", text):
        assert command in get_commands()
    for path in re.findall(r"pytest ([\w/.]+)", text):
        assert (ROOT / path).exists()


@pytest.mark.proof
def test_a_saga_before_anything_was_started_says_what_to_do(tmp_path):
    env = {**os.environ, "VAR_DIR": str(tmp_path)}
    command = [sys.executable, "manage.py", "runsaga", "order"]
    result = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert result.returncode == 1
    assert "make run" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.proof
@pytest.mark.parametrize("style", ["choreography", "orchestration"])
def test_the_plan_command_prints_the_rules(style, tmp_path):
    env = {**os.environ, "VAR_DIR": str(tmp_path)}
    command = [sys.executable, "manage.py", "plan", "order", "--style", style]
    result = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0
    assert "refund-customer" in result.stdout
    assert ("Orchestrator" in result.stdout) is (style == "orchestration")


@pytest.mark.proof
def test_the_plan_command_may_be_read_in_part(tmp_path):
    env = {**os.environ, "VAR_DIR": str(tmp_path)}
    command = [sys.executable, "manage.py", "plan", "order", "--style", "orchestration"]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    process.stdout.close()
    assert process.stderr.read() == ""
    process.stderr.close()
    assert process.wait(timeout=60) == 0
