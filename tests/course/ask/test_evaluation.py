"""When to refuse is learnt from the lines and topics of the authors, each asked as if it had not been written."""

import pytest

from course.ask.calibration import Measures, learn
from course.ask.evaluation import ask_left_out
from course.ask.search import BY_MEANING, current_index, search


@pytest.fixture(scope="module")
def words():
    return current_index().without_meanings()


def test_each_line_and_topic_is_left_out_while_it_is_asked(words, monkeypatch):
    asked = []

    def watched(question, lesson, index):
        asked.append(question)
        assert question not in {text.text for text in index.texts}
        assert len(index.authored_texts) > 0.8 * len(words.authored_texts)
        return search(question, lesson, index)

    monkeypatch.setattr("course.ask.evaluation.search", watched)
    found = list(ask_left_out(words))
    assert sorted(asked) == sorted(text.text for text in words.authored_texts)
    assert {text.passage is None for text, _ in found} == {True, False}


def test_most_lines_that_are_left_out_still_find_their_section(words):
    sections = [
        (words.passages[text.passage].section, [one.passage.section for one in result.found])
        for text, result in ask_left_out(words)
        if text.passage is not None and text.lesson
    ]
    assert sum(right == found[0] for right, found in sections) >= 0.6 * len(sections)
    assert sum(right in found for right, found in sections) >= 0.8 * len(sections)


def test_by_words_alone_topics_that_are_not_covered_are_refused_and_lines_are_not(words):
    asked = {True: [], False: []}
    for text in words.authored_texts:
        result = search(text.text, text.lesson or "choreography-vs-orchestration", words)
        asked[text.passage is None].append(result.is_covered)
    assert sum(asked[True]) <= 0.04 * len(asked[True])
    assert sum(asked[False]) >= 0.99 * len(asked[False])


def test_two_texts_count_more_than_one_and_a_much_nearer_one_more_than_many():
    assert BY_MEANING.together([0.85, 0.85]) > BY_MEANING.together([0.85, 0.7]) >= 0.85
    assert BY_MEANING.together([0.95]) > BY_MEANING.together([0.85] * 20)
    assert BY_MEANING.together([]) == BY_MEANING.together([-0.1]) == 0.0


def test_of_no_group_more_questions_are_refused_than_allowed():
    sure = [Measures(0.5 + n / 1000, 0.9, 0.0) for n in range(100)]
    doubtful = [Measures(0.1 + n / 1000, 0.5, 0.2) for n in range(20)]
    others = [Measures(-0.3 - n / 1000, 0.1, 0.6) for n in range(50)]
    learnt = learn([sure, doubtful], others, refused=0.05)
    assert sum(not learnt.is_covered(one) for one in sure) == 0
    assert sum(not learnt.is_covered(one) for one in doubtful) == 1
    assert not any(learnt.is_covered(one) for one in others)
