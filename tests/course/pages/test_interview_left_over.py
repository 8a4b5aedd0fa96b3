"""What a learner said in mock interviews stays theirs, whatever happens in another tab or to the course."""

import pytest

from course.interview import services
from course.interview.reader import interviews
from course.models import InterviewAttempt
from course.pages import interview_views

pytestmark = pytest.mark.django_db
LESSON = "choreography-vs-orchestration"
START, LEFT_OVER = f"/lessons/{LESSON}/interview/", "/lessons/taken-out/interview/"
SAYS = "not in the course any more"


def text_of(response):
    return response.content.decode()


@pytest.fixture
def answered(client):
    client.post(client.post(START)["Location"], {"answer": "A saga.\nAnd <why>."})
    return InterviewAttempt.objects.get()


@pytest.fixture
def left_over(answered):
    """An attempt at the interview of a lesson that has none any more."""
    answered.lesson = "taken-out"
    answered.save()
    return answered


def test_a_second_click_begins_no_second_interview(client):
    first, second = (client.post(START)["Location"] for _ in range(2))
    assert first == second
    assert client.get(first).status_code == 200
    assert InterviewAttempt.objects.count() == 1


def test_one_that_was_answered_is_not_begun_anew(client, answered):
    client.post(START)
    assert InterviewAttempt.objects.count() == 2
    assert InterviewAttempt.objects.exclude(pk=answered.pk).get().answers == {}


@pytest.fixture
def deleted_meanwhile(monkeypatch):
    """Deletes each attempt as soon as a view has read it, as another tab might."""
    read = interview_views.attempt_of

    def read_and_lose(*given):
        attempt = read(*given)
        InterviewAttempt.objects.all().delete()
        return attempt

    monkeypatch.setattr(interview_views, "attempt_of", read_and_lose)


@pytest.mark.parametrize(("action", "given"), [("", {"answer": "A saga."}), ("points/", {"point": []})])
def test_one_that_is_deleted_in_another_tab_meanwhile_is_not_found(client, answered, deleted_meanwhile, action, given):
    response = client.post(f"/lessons/interviews/{answered.pk}/opening/{action}", given)
    assert response.status_code == 404
    assert "perhaps it was deleted" in text_of(response)
    assert not InterviewAttempt.objects.exists()


def test_nothing_is_kept_of_an_answer_to_a_deleted_interview(answered):
    InterviewAttempt.objects.all().delete()
    with pytest.raises(services.NoSuchInterview):
        services.answer(answered, interviews()[LESSON].questions[0], text="A saga.")
    assert not InterviewAttempt.objects.exists()


@pytest.mark.parametrize("address", [START, LEFT_OVER])
def test_an_interview_that_was_taken_out_of_the_course_can_be_read_and_deleted(client, left_over, address):
    page = text_of(client.get(address))
    assert SAYS in page
    assert "A saga.\nAnd &lt;why&gt;." in page
    assert ("Begin" in page) == (address == START)
    client.post(f"/lessons/interviews/{left_over.pk}/delete/")
    assert SAYS not in text_of(client.get(START))
    assert client.get(LEFT_OVER).status_code == 404
    assert not InterviewAttempt.objects.exists()


def test_its_own_address_leads_there_and_after_the_last_is_deleted_to_the_course(client, left_over):
    InterviewAttempt.objects.create(learner=left_over.learner, lesson="taken-out")
    assert client.get(f"/lessons/interviews/{left_over.pk}/")["Location"] == LEFT_OVER
    addresses = [
        client.post(f"/lessons/interviews/{one.pk}/delete/")["Location"] for one in InterviewAttempt.objects.all()
    ]
    assert addresses == [LEFT_OVER, "/lessons/"]


def test_nobody_else_sees_or_deletes_it_and_none_can_be_begun(client, left_over):
    assert client.post(LEFT_OVER).status_code == 404
    stranger = type(client)()
    assert stranger.get(LEFT_OVER).status_code == 404
    assert SAYS not in text_of(stranger.get(START))
    assert stranger.post(f"/lessons/interviews/{left_over.pk}/delete/").status_code == 404
    assert InterviewAttempt.objects.count() == 1
