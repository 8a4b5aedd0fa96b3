import pytest


@pytest.fixture
def learner(client):
    """Returns the name of the client's learner."""
    return client.get("/sandbox/").wsgi_request.learner


@pytest.fixture
def mine(start, learner):
    """Starts a run of this learner that nobody works on."""
    return lambda **chosen: start(learner=learner, **chosen)
