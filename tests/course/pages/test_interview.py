"""A mock interview: the rubric comes after the answer, ticks are kept, and all of it is the learner's alone."""

import pytest

from course.interview.reader import interviews
from course.models import LONGEST_INTERVIEW_ANSWER, InterviewAttempt

pytestmark = pytest.mark.django_db
LESSON = "choreography-vs-orchestration"
START = f"/lessons/{LESSON}/interview/"


def questions():
    return interviews()[LESSON].questions


def begin(client):
    """Begins an interview; returns the address of its first question."""
    response = client.post(START)
    assert response.status_code == 302
    return response["Location"]


def text_of(response):
    return response.content.decode()


def test_before_the_answer_no_point_of_the_rubric_is_on_the_page(client):
    page = text_of(client.get(begin(client)))
    assert questions()[0].prompt in page
    assert not any(point.text in page for point in questions()[0].points)
    assert "/sandbox/" not in page.split("<main")[1]


@pytest.mark.parametrize(
    "sent", [{"answer": "A saga.\nAnd why."}, {"answer": "", "aloud": "yes"}, {"answer": "A.", "aloud": "yes"}]
)
def test_after_the_answer_every_point_can_be_ticked_and_the_run_is_linked(client, sent):
    address = begin(client)
    page = text_of(client.post(address, sent, follow=True))
    assert page.count('type="checkbox"') == len(questions()[0].points)
    assert "/sandbox/labs/control-model/" in page
    assert ("What you wrote" in page) == bool(sent["answer"])
    assert InterviewAttempt.objects.get().answers["opening"]["text"] == sent["answer"]


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (" \n ", "Write a few words first"),
        ("x" * (LONGEST_INTERVIEW_ANSWER + 1), "That is 5,001 characters; an answer"),
    ],
)
def test_what_is_no_answer_is_said_nothing_is_kept_and_the_text_stays(client, answer, says):
    response = client.post(begin(client), {"answer": answer})
    assert response.status_code == 422
    assert says in text_of(response)
    assert answer in text_of(response)
    assert InterviewAttempt.objects.get().answers == {}


def test_without_an_answer_nothing_can_be_ticked(client):
    address = begin(client)
    client.post(f"{address}points/", {"point": [questions()[0].points[0].key]})
    assert InterviewAttempt.objects.get().answers == {}


def test_ticks_lead_to_the_next_open_question_and_in_the_end_to_what_was_missed(client):
    address = begin(client)
    missed = questions()[0].points[-1]
    for question in questions():
        assert address.endswith(f"/{question.id}/")
        client.post(address, {"aloud": "yes"})
        keys = [point.key for point in question.points if point is not missed]
        address = client.post(f"{address}points/", {"point": [*keys, "nonsense"]})["Location"]
    page = text_of(client.get(address))
    assert page.count('class="interview-missed"') == 1
    assert missed.text in page
    assert f'href="/lessons/{LESSON}/#{missed.paragraph}"' in page
    assert not any(point.text in page for point in questions()[1].points)
    assert "nonsense" not in str(InterviewAttempt.objects.get().answers)


def test_it_is_gone_on_with_where_it_was_left_and_can_be_skipped(client):
    first = begin(client)
    client.post(first, {"aloud": "yes"})
    second = client.post(f"{first}points/")["Location"]
    assert f'href="{second}"' in text_of(client.get(START))
    third = second.replace(questions()[1].id, questions()[2].id)
    assert f'href="{third}"' in text_of(client.get(second))


def test_it_can_be_done_again_and_what_was_said_before_stays(client):
    client.post(begin(client), {"answer": "A saga."})
    old = InterviewAttempt.objects.get()
    begin(client)
    begin(client)  # nothing was answered in the one before: it leaves no trace
    assert InterviewAttempt.objects.count() == 2
    page = text_of(client.get(f"/lessons/interviews/{old.pk}/opening/"))
    assert "A saga." in page


def test_only_the_learner_sees_changes_and_deletes_it(client):
    address = begin(client)
    client.post(address, {"answer": "A saga."})
    pk = InterviewAttempt.objects.get().pk
    stranger = type(client)()
    assert stranger.get(address).status_code == 404
    assert stranger.get(f"/lessons/interviews/{pk}/").status_code == 404
    assert stranger.post(f"{address}points/").status_code == 404
    assert stranger.post(f"/lessons/interviews/{pk}/delete/").status_code == 404
    assert "Your interviews" not in text_of(stranger.get(START))
    assert client.post(f"/lessons/interviews/{pk}/delete/")["Location"] == START
    assert not InterviewAttempt.objects.exists()


def test_an_answer_is_data(client):
    page = text_of(client.post(begin(client), {"answer": "<script>alert(1)</script>"}, follow=True))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_it_leaves_the_lessons_progress_as_it_is(client):
    before = text_of(client.get(f"/lessons/{LESSON}/"))
    client.post(begin(client), {"aloud": "yes"})
    assert text_of(client.get(f"/lessons/{LESSON}/")) == before


def test_a_question_and_a_lesson_that_there_are_not_say_so(client):
    address = begin(client).replace("opening", "nothing")
    assert client.get(address).status_code == 404
    assert client.get("/lessons/nothing/interview/").status_code == 404
