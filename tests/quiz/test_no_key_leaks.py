"""Before an answer is committed, no byte that leaves the server tells right from wrong."""

from html import unescape

import pytest

from quiz.loader import bank_of
from tests.quiz.sitting import LESSON

pytestmark = pytest.mark.django_db


def everything_sent(response):
    hops = [hop for hop, _ in getattr(response, "redirect_chain", [])]
    headers = "".join(f"{name}: {value}\n" for name, value in response.items())
    return "\n".join([*hops, headers, response.cookies.output(), response.content.decode()])


def responses_before_commit(sitting):
    htmx = {"HTTP_HX_REQUEST": "true"}
    yield sitting.client.get(f"/lessons/{LESSON}/")
    yield sitting.client.get(sitting.intro)
    yield sitting.client.post(sitting.intro, follow=True)
    yield sitting.client.get(sitting.url)
    yield sitting.client.get(sitting.url, **htmx)
    yield sitting.send({})
    yield sitting.send({"question-1": "a"}, **htmx)
    yield sitting.send({"question-1": "z"})


def secrets():
    for question in bank_of(LESSON).questions:
        for option in question.options:
            yield option.why[:40]
            yield from filter(None, [option.misconception])


def test_no_reason_and_no_misconception_is_sent(sitting):
    sent = "".join(everything_sent(response) for response in responses_before_commit(sitting))
    assert [secret for secret in secrets() if secret in unescape(sent)] == []


def test_no_id_of_the_bank_and_no_marker_is_sent(sitting):
    ids = [option.id for question in bank_of(LESSON).questions for option in question.options]
    for response in responses_before_commit(sitting):
        sent = everything_sent(response)
        for marker in ["is-right", "is-key", "is-slip", "is-wrong", "data-right", "quiz-why", "misconception"]:
            assert marker not in sent
        assert not any(f'"{name}"' in sent for name in ids)


def test_options_of_one_question_differ_in_letter_and_text_alone(sitting):
    page = sitting.client.get(sitting.url).content.decode()
    lines = [line.strip() for line in page.splitlines() if 'class="quiz-option"' in line]
    assert len(lines) == sum(len(question.options) for question in sitting.attempt.asked())
    shapes = set()
    for question in sitting.attempt.asked():
        for option in question.options:
            line = unescape(lines.pop(0)).replace(option.text, "TEXT")
            shapes.add(line.split('name="')[0] + line.split('value="')[1][2:])
    assert len(shapes) == 2  # one for radios, one for checkboxes


def test_the_search_itself_would_find_a_leak(sitting):
    sitting.send(sitting.sheet(right=5))
    sent = unescape(sitting.result())
    assert all(option["why"] in sent for row in sitting.attempt.questions for option in row["options"])
