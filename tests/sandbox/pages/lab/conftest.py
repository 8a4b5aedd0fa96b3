import pytest

from sandbox.models import LabAttempt, Run
from tests.sandbox.pages.lab.lab_forms import WHY, address


@pytest.fixture
def learner(client):
    return client.get("/sandbox/labs/").wsgi_request.learner


@pytest.fixture
def shown(client):
    return lambda name, **query: client.get(address(name), query).content.decode()


@pytest.fixture
def begun(client, learner, work):
    """Predicts, starts the runs, and lets them come to their end."""

    def begun(name, given):
        response = client.post(address(name, "begin/"), given)
        assert response.status_code == 302
        for run in Run.objects.filter(ended_at=None, load=None):
            work(run)
        return LabAttempt.objects.get(lab=name)

    return begun


@pytest.fixture
def explained(client, begun):
    def explained(name, given, why=WHY):
        attempt = begun(name, given)
        assert client.post(address(name, "explain/"), {"attempt": attempt.pk, "why": why}).status_code == 302
        return LabAttempt.objects.get(pk=attempt.pk)

    return explained
