"""docs/authoring.md: its example is a working lesson, and it names every field."""

import io
import re
import shutil
from pathlib import Path

import pytest
from django.core.management import call_command

from config.settings import LESSONS_DIR
from content.lesson_files import CHECK, files_of_lessons
from content.schema import AuthoredEntry, validate
from content.yaml_source import parse_document
from course import schema as course_schema
from course.interview import reader as interview_reader
from course.interview.model import Seniority
from course.library import current_course
from course.markdown.dialect import CALL_OUTS
from course.summary import reader as summary_reader
from course.summary.blocks import blocks_of
from quiz.bank import bank_rules, question_rules, style_rules
from quiz.bank import schema as quiz_schema
from quiz.bank.loader import read_complete
from quiz.bank.model import Asks, Kind
from quiz.bank.style_rules import advice
from sandbox.definitions.run_settings import RunSettings
from sandbox.definitions.terms import ExperimentPage
from sandbox.engine.plan.compiler import plan_of
from sandbox.engine.simulation.simulator import simulate
from sandbox.labs import schema as labs
from sandbox.labs.debrief import fill
from sandbox.labs.experiments import experiments, read_experiments
from sandbox.labs.goals import GOALS
from sandbox.public.plan_traces import ANSWERS

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs/authoring.md").read_text(encoding="utf-8")
ROOMS = (course_schema, quiz_schema, labs, interview_reader, summary_reader)
EXAMPLE = TEXT.split("## A complete example")[1]
FILE = re.compile(r"^`([\w./-]+)`[^\n]*:\n\n```\w+\n(.*?)```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def written(tmp_path, settings):
    """A copy of the content, and the example added to it."""
    settings.LESSONS_DIR = shutil.copytree(LESSONS_DIR, tmp_path / "course" / "lessons")
    for place, text in FILE.findall(EXAMPLE):
        (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
        with (tmp_path / place).open("a", encoding="utf-8") as file:
            file.write(text)
    return tmp_path


@pytest.mark.django_db
def test_the_example_is_a_lesson_with_its_check_and_its_term(written, client):
    assert len(FILE.findall(EXAMPLE)) == 5
    out = io.StringIO()
    call_command("checkcourse", stdout=out)
    said = [line for line in out.getvalue().splitlines() if "/outbox/" in line or "premature" in line]
    assert said == []
    assert out.getvalue().endswith(": all right\n")
    for address in re.findall(r"`(/[\w/#-]+)`", EXAMPLE):
        page, _, anchor = address.partition("#")
        html = client.get(page).content.decode()
        assert f'id="{anchor}"' in html if anchor else "The transactional outbox" in html


def test_the_example_of_an_experiment_reaches_its_goal(written):
    experiment = experiments()["died-after-its-commit"]
    (settings,) = RunSettings.from_pairs(experiment.settings).each
    record = simulate(plan_of(settings), faults=settings.fault, without=settings.off)
    assert GOALS[experiment.goal].reached([record])


def test_the_example_of_a_lab_comes_out_as_one_of_its_options(tmp_path):
    (text,) = re.findall(r"```yaml\n(declined-card:\n.*?)```", TEXT, re.DOTALL)
    (tmp_path / "basics" / "saga").mkdir(parents=True)
    (tmp_path / "basics" / "saga" / "labs.yaml").write_text(text, encoding="utf-8")
    (lab,) = read_experiments(tmp_path).values()
    record = simulate(plan_of(lab.runs[0]), fail=lab.runs[0].fail)
    assert lab.aim.reached([record])
    assert lab.predictions[0].outcome([record]) == "reserve-inventory"
    assert fill(lab.debrief, [record]).startswith("Undos that took effect: 2; how it ended: compensated.")


def test_every_field_is_named():
    named = {
        each
        for room in ROOMS
        for each in vars(room).values()
        if isinstance(each, type) and issubclass(each, AuthoredEntry)
    }
    for name in {name for each in named for name in each.model_fields}:
        assert re.search(rf"^\| [^|]*`{name}`[^|]* \|", TEXT, re.MULTILINE), name


def test_every_setting_of_an_experiment_is_named_with_the_page_that_has_it():
    table = TEXT.split("| setting | at | what it holds |")[1].split("\n\n")[0]
    pages = {name: [str(page) for page, names in labs.SETTINGS_AT.items() if name in names] for name in named(table)}
    assert set(pages) == set().union(*labs.SETTINGS_AT.values())
    for name, at in re.findall(r"^\| `(\w+)` \| ([^|]+) \|", table, re.MULTILINE):
        assert at == ("both" if len(pages[name]) == len(ExperimentPage) else pages[name][0]), name


def named(table):
    """Returns what the rows of a table are about."""
    return re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)


def test_every_word_of_a_closed_set_is_named():
    for word in (*CALL_OUTS, *Kind, *Asks):
        assert f"`{word}`" in TEXT, word


def test_every_template_tag_that_lessons_use_is_named():
    used = {
        tag
        for lesson in (ROOT / "course/lessons").rglob("*.md")
        for tag in re.findall(r"{% (\w+)", lesson.read_text(encoding="utf-8"))
    }
    for tag in used:
        assert f"{{% {tag} " in TEXT, tag


def test_all_that_a_trace_can_ask_is_named_in_its_own_order():
    table = TEXT.split("| what a trace can ask |")[1].split("\n\n")[0]
    assert re.findall(r"^\| `([\w-]+)` \|", table, re.MULTILINE) == list(ANSWERS)


def test_the_example_of_a_trace_is_a_question_whose_first_option_the_engine_gives(tmp_path):
    question = re.search(r"```yaml\n(  - id: who-undoes-what\n.*?)```", TEXT, re.DOTALL)[1]
    file = tmp_path / "check.yaml"
    file.write_text(f"title: T\nobjectives:\n  1: Know it\nquestions:\n{question}", encoding="utf-8")
    (known,) = read_complete(file).questions
    assert known.key == ("backwards",)
    assert [option.text for option in known.options] == [
        "Refund customer, then release inventory, then cancel order",
        "Refund customer",
        "Nothing",
    ]


def example(beginning):
    """Returns the example of that beginning, read as a file of a lesson."""
    (text,) = re.findall(rf"```yaml\n({beginning}.*?)```", TEXT, re.DOTALL)
    return parse_document(Path("lesson.yaml"), text)


def test_the_example_of_a_mock_interview_is_one():
    entry = validate(interview_reader.InterviewEntry, example("questions:"))
    fewest, most = interview_reader.FEWEST_POINTS, interview_reader.MOST_POINTS
    assert all(fewest <= len(question.points_of(level)) <= most for question in entry.questions for level in Seniority)
    assert {question.experiment for question in entry.questions} == {"died-after-its-commit"}


def test_the_example_of_a_summary_takes_what_the_first_lesson_has():
    entry = validate(summary_reader.SummaryEntry, example("sections:"))
    blocks = blocks_of(current_course().lessons[0])
    for part in entry.sections[0].parts:
        assert any(block.kind is part.take and part.at in block.anchors for block in blocks)


@pytest.mark.parametrize(
    ("head", "tuples"),
    [
        ("rule", (question_rules.AS_WRITTEN, question_rules.WITH_KEY, bank_rules.BANK_AS_WRITTEN)),
        ("advice", (style_rules.OF_QUESTIONS, style_rules.OF_BANK)),
    ],
)
def test_every_rule_has_its_row(head, tuples):
    known = sorted(rule.__name__ for each in tuples for rule in each)
    last = " ".join(re.findall(r"\| ([^|]+) \|$", table(head), re.MULTILINE))
    assert sorted(re.findall(r"`(\w+)`", last)) == known


def table(head):
    return TEXT.split(f"| {head} | why |")[1].split("\n\n")[0]


def test_the_numbers_of_the_rules_are_those_that_hold():
    assert f" {style_rules.MIN_WHY_LENGTH} characters or more" in table("advice")
    longest = f"{style_rules.MIN_LENGTH_TO_COMPARE} characters has at most {style_rules.MAX_LENGTH_RATIO} times"
    assert longest in table("advice")
    counts = (style_rules.MIN_OPTIONS, style_rules.MAX_OPTIONS, style_rules.MAX_OPTIONS_TO_ORDER, style_rules.FULL_BANK)
    assert counts == (3, 4, 6, 10)


def test_the_examples_of_typed_answers_are_questions_without_a_remark(tmp_path):
    questions = re.search(r"```yaml\n(  - id: delivery\n.*?)```", TEXT, re.DOTALL)[1]
    file = tmp_path / "check.yaml"
    file.write_text(f"title: T\nobjectives:\n  1: Know it\nquestions:\n{questions}", encoding="utf-8")
    bank = read_complete(file)
    assert [question.kind for question in bank.questions] == [Kind.TEXT, Kind.NUMBER]
    assert advice(bank) == []


@pytest.mark.parametrize("file", files_of_lessons(LESSONS_DIR, CHECK), ids=lambda file: file.parent.name)
def test_what_the_fields_of_a_check_mean_is_said_in_one_place(file):
    head = [line for line in file.read_text().partition("title:")[0].splitlines() if line]
    assert head == ["# docs/authoring.md says what each field means, and what makes a question fair."]
