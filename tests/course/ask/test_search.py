"""Questions in learners' words find the passages that answer them, and others are refused."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from threading import Barrier

import numpy
import pytest
from django.core.management import CommandError, call_command

from course.ask import calibration, meaning
from course.ask.evaluation import Half, evaluate, questions
from course.ask.meaning import Meanings, NotBuilt
from course.ask.search import current_index, search
from course.ask.words import WordIndex

LESSON = "choreography-vs-orchestration"


@pytest.fixture(scope="module")
def words():
    return current_index().without_meanings()


@pytest.mark.parametrize("half", Half)
def test_by_words_alone_most_questions_are_answered_and_most_others_refused(words, half):
    found = evaluate(words, half, questions())
    assert found.covered >= 40
    assert found.others >= 20
    assert found.in_top >= 0.88
    assert found.first >= 0.70
    assert found.refused_others >= 0.50
    assert found.refused_covered <= 0.10


def test_the_evaluation_set_has_both_halves_and_names_sections_that_there_are(words):
    known = {(one.lesson, one.section.anchor) for one in words.passages}
    asked = questions()
    assert len(asked.covered) >= 80
    assert len(asked.not_covered) >= 40
    wrong = {(one.lesson, at) for one in asked.covered for at in one.sections if (one.lesson, at) not in known}
    assert wrong <= {(LESSON, "sources")}


@pytest.mark.parametrize("question", ["what is an outbox", "who notices that a mesage is lost", "2pc", "ORCHESTRATOR"])
def test_quotes_are_words_of_their_passages_and_the_lessons_own_come_first(words, question):
    found = search(question, LESSON, words).found
    assert len(found) == 3
    assert all(one.quote in one.passage.text for one in found)
    assert [one.is_elsewhere for one in found] == sorted(one.is_elsewhere for one in found)


@pytest.mark.parametrize("question", ["?", "the of and", "жопа", "a" * 300, "{% url %} <b>", "🙂"])
def test_what_is_no_question_is_refused(words, question):
    assert not search(question, LESSON, words).is_covered


def test_a_slip_of_the_keyboard_is_mended_and_words_are_compared_by_their_stems():
    index = WordIndex(["The orchestrator commands each step.", "Events are published."])
    best = [max(range(2), key=index.scores(asked).__getitem__) for asked in ("orchestartor", "publishing an event")]
    assert best == [0, 1]
    assert index.strange("zebra") == 1.0
    assert index.shares("zebra") == [0.0, 0.0]


def test_sections_of_the_same_name_in_two_lessons_are_both_found(folder):
    folder.lesson(text="## Why\n\nA relay sends the messages.\n")
    folder.lesson(slug="inbox", title="Inbox", order=2, text="## Why\n\nAn inbox keeps the messages.\n")
    found = search("what keeps or sends messages", "outbox", current_index().without_meanings()).found
    assert [one.passage.lesson for one in found[:2]] == ["outbox", "inbox"]


@pytest.fixture
def var(tmp_path, settings):
    settings.VAR_DIR = tmp_path
    return tmp_path


@pytest.mark.parametrize("by_meaning", [True, False])
def test_a_topic_that_one_lesson_does_not_cover_counts_against_no_other(var, folder, by_meaning):
    folder.lesson(text="## Why\n\nA relay sends the messages.\n")
    folder.lesson(slug="inbox", title="Inbox", order=2, text="## Why\n\nAn inbox keeps them.\n")
    folder.raw("not_covered: [who sends the messages]\n", slug="inbox", name="ask.yaml")
    index = current_index() if by_meaning else current_index().without_meanings()
    assert bool(index.meanings) is by_meaning
    leads = [search("Who sends the messages?", lesson, index).measures.lead for lesson in ("outbox", "inbox")]
    assert leads[0] > leads[1] + 0.01


TEXTS = ["Who gives the money back?", "A courier brings the parcel.", "The lights are off."]


def test_by_meaning_a_text_is_found_that_shares_no_word(var):
    likenesses = Meanings(TEXTS).likenesses("how is a refund made")
    assert max(range(3), key=likenesses.__getitem__) == 0


def test_vectors_are_built_once_and_those_of_texts_that_are_gone_are_dropped(var):
    assert meaning.build(TEXTS) == 3
    assert meaning.build(TEXTS[1:]) == 0
    assert meaning.build(TEXTS) == 1


def test_two_that_build_at_once_leave_a_whole_file(var, monkeypatch):
    both, savez = Barrier(2), numpy.savez

    def save(*args, **vectors):
        savez(*args, **vectors)
        both.wait(timeout=30)

    with monkeypatch.context() as patch, ThreadPoolExecutor(2) as pool:
        patch.setattr(numpy, "savez", save)
        assert list(pool.map(meaning.build, (TEXTS, TEXTS))) == [3, 3]
    assert meaning.build(TEXTS) == 0
    assert [file.name for file in (var / "ask").iterdir()] == ["vectors.npz"]


@pytest.mark.parametrize("content", [b"", b"nonsense", b"PK\x03\x04"])
def test_a_broken_file_of_vectors_is_built_again(var, caplog, content):
    (var / "ask").mkdir()
    (var / "ask" / "vectors.npz").write_bytes(content)
    assert len(Meanings(TEXTS).likenesses("how is a refund made")) == 3
    assert "vectors.npz cannot be read" in caplog.text
    assert meaning.build(TEXTS) == 3
    assert meaning.build(TEXTS) == 0


def test_what_is_built_is_used_at_once_by_processes_that_run(var, folder, monkeypatch):
    monkeypatch.setattr(meaning, "AT_ONCE", 0)
    folder.lesson()
    assert current_index().meanings is None
    out = StringIO()
    call_command("buildask", stdout=out)
    assert current_index().meanings is not None
    assert re.fullmatch(r"(\d+) texts, \1 of them new, in \d+ s\n", out.getvalue())


def test_without_vectors_nothing_is_learnt_and_the_command_fails(var, monkeypatch):
    monkeypatch.setattr(meaning, "AT_ONCE", 0)
    before = calibration.FILE.read_bytes()
    with pytest.raises(CommandError, match="Nothing is learnt"):
        call_command("evaluateask", "--fit", stdout=StringIO())
    assert calibration.FILE.read_bytes() == before


def test_after_an_edit_meaning_still_decides_and_what_is_missing_is_built_in_the_background(var, monkeypatch):
    monkeypatch.setattr(meaning, "AT_ONCE", 0)
    meaning.build(TEXTS)
    built, before = threading.Event(), meaning.version()
    build = meaning.build
    monkeypatch.setattr(meaning, "build", lambda texts: (build(texts), built.set()))
    edited = [*TEXTS[:2], "The lights are off, and nobody is there."]
    likenesses = Meanings(edited).likenesses("how is a refund made")
    assert likenesses[2] == 0.0
    assert max(range(3), key=likenesses.__getitem__) == 0
    assert built.wait(timeout=60)
    assert meaning.version() != before
    assert min(Meanings(edited).likenesses("how is a refund made")) > 0.5


def test_vectors_of_another_version_of_the_model_are_not_used(var, monkeypatch):
    meaning.build(TEXTS)
    monkeypatch.setattr(meaning, "_model_version", lambda: "0.0.1")
    assert meaning.build(TEXTS) == 3


def test_the_course_that_is_given_is_indexed_and_not_one_that_came_meanwhile(folder):
    folder.lesson(text="## Why\n\nA relay sends the messages.\n")
    before = current_index()
    folder.lesson(text="## Why\n\nAn inbox keeps them.\n")
    assert current_index().passages != before.passages


def test_markup_in_a_question_is_not_searched_for(words):
    plain, marked = (search(q, LESSON, words) for q in ("who undoes", "<section class='x'>who <b>undoes</b></section>"))
    assert [one.passage for one in plain.found] == [one.passage for one in marked.found]
    assert plain.measures == marked.measures


def test_many_texts_without_a_vector_are_left_to_words(var, monkeypatch):
    monkeypatch.setattr(meaning, "AT_ONCE", 2)
    with pytest.raises(NotBuilt, match=r"3 of 3 texts have no vector yet; run `manage\.py buildask`"):
        Meanings(TEXTS)
