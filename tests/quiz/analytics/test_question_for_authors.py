"""A question as its author reads it: with its reasons, in the order of its bank, and with the place to edit."""

import re

import pytest
import yaml

from quiz.bank.loader import bank_of
from quiz.bank.model import Kind
from tests.quiz.attempt_rows import LESSON, create_attempt, ordering, single
from tests.quiz.authoring import content

pytestmark = pytest.mark.django_db
LIST = "/admin/quiz/askedquestion/"


def one_of():
    """A typed question of the bank, and the address of its page."""
    typed = [each for each in bank_of(LESSON).questions if each.trace is None]
    question = next(each for each in typed if each.kind is Kind.SINGLE)
    return question, f"{LIST}{LESSON}/{question.version}/{question.id}/"


def test_each_option_says_why_in_the_order_of_the_bank(author):
    question, address = one_of()
    text = content(author, address)
    places = [text.index(f'<span class="author-why">{" ".join(option.why.split())}') for option in question.options]
    assert places == sorted(places)


def test_each_step_of_an_order_says_why_in_its_right_place(author):
    create_attempt([(ordering("put"), ("b", "a", "c"))])
    reasons = re.findall(r'<span class="author-why">([^<]+)<', content(author, f"{LIST}{LESSON}/1/put/"))
    assert reasons == ["Because a.", "Because b.", "Because c."]


def test_what_the_bank_holds_no_more_says_that_its_order_is_shuffled(author):
    _, address = one_of()
    create_attempt([(single("gone"), ("a",)), (ordering("put"), ("a", "b", "c"))])
    assert "In the order of the bank" in content(author, address)
    assert "In the order in which an attempt shuffled it" in content(author, f"{LIST}{LESSON}/1/gone/")
    assert "In the order" not in content(author, f"{LIST}{LESSON}/1/put/")


def test_the_place_to_edit_has_the_line_of_the_question(author, raw, write_bank):
    file = write_bank(raw)
    question, address = one_of()
    (line,) = [at for at, text in enumerate(file.read_text().split("\n"), 1) if text.endswith(f"id: {question.id}")]
    assert f"{file}:{line}</code>" in content(author, address)


def test_a_version_that_the_bank_holds_no_more_has_no_line(author, raw, write_bank):
    file = write_bank(raw)
    create_attempt([(single("gone"), ("a",))])
    assert f"<code>{file}</code>" in content(author, f"{LIST}{LESSON}/1/gone/")


def test_a_bank_that_cannot_be_used_is_reported_with_file_and_line_on_both_pages(author, raw, write_bank):
    raw["questions"][1]["prompt"] = ""
    file = write_bank(raw)
    line = next(at for at, text in enumerate(file.read_text().split("\n"), 1) if text.strip() == "prompt: ''")
    create_attempt([(single("one"), ("a",))])
    name = raw["questions"][1]["id"]
    for address in (LIST, f"{LIST}{LESSON}/1/one/"):
        assert f"{file}:{line}: question '{name}': prompt is empty" in content(author, address)


def test_a_bank_that_is_no_yaml_is_reported_with_the_line_where_reading_stopped(author, settings, tmp_path):
    settings.LESSONS_DIR = tmp_path
    (tmp_path / "basics" / LESSON).mkdir(parents=True)
    (tmp_path / "basics" / LESSON / "check.yaml").write_text("title: A\nobjectives: [\n")
    assert re.search(rf"{LESSON}/check\.yaml:3: did not find expected", content(author, LIST))


def test_nobody_is_reported_that_a_broken_bank_asks_something_now(author, raw, write_bank):
    create_attempt([(single("one"), ("a",))])
    write_bank({**raw, "title": ""})
    text = content(author, f"{LIST}{LESSON}/1/one/")
    assert "the newest that was asked" in text
    assert "the one that is asked now" not in text


def test_a_fault_is_reported_at_the_questions_of_its_own_lesson_only(author, raw, write_bank):
    write_bank(yaml.safe_load(yaml.safe_dump(raw)))
    write_bank({**raw, "title": ""}, lesson="another")
    _, address = one_of()
    assert "another/check.yaml:1: title is empty" in content(author, LIST)
    assert "errornote" not in content(author, address)
