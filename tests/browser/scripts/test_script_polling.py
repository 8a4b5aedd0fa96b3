"""An element that polls the server does so less often while it does not answer, and the page says so."""

import pytest

# `ask` is what htmx does before it asks: it gives whether it may.
POLLING = """
    const clock = new Clock();
    const sentence = html('<p id="offline" hidden>The server does not answer</p>');
    const asking = html('<div hx-trigger="every 1s"></div>');
    const pressed = html('<button hx-trigger="click"></button>');
    const tell = (name, elt, more = {}) => {
      const detail = { requestConfig: { elt }, ...more };
      return elt.dispatchEvent(new CustomEvent(`htmx:${name}`, { bubbles: true, cancelable: true, detail }));
    };
    const ask = (elt) => tell("beforeRequest", elt);
    await load("/js/sandbox/polling.js");
"""


@pytest.mark.parametrize(
    "failure", ["'sendError', asking", "'timeout', asking", "'responseError', asking, { xhr: { status: 503 } }"]
)
def test_after_a_failure_it_asks_again_only_after_a_pause(run, failure):
    result = run(
        POLLING
        + f"""
        const asks = [ask(asking)];
        tell({failure});
        asks.push(ask(asking));
        await clock.pass(499);
        asks.push(ask(asking));
        await clock.pass(1);
        return [...asks, ask(asking)];
        """
    )
    assert result == [True, False, False, True]


def test_a_refusal_is_an_answer(run):
    assert run(POLLING + "tell('responseError', asking, { xhr: { status: 404 } }); return ask(asking)") is True


def test_what_a_person_asks_for_is_asked_at_once_and_counts_for_nothing(run):
    result = run(POLLING + "tell('sendError', pressed); tell('sendError', asking); return [ask(pressed), ask(asking)]")
    assert result == [True, False]


def test_what_has_no_trigger_of_its_own_is_no_poll(run):
    result = run(POLLING + "const link = html('<a></a>'); tell('sendError', link); return [ask(link), ask(asking)]")
    assert result == [True, True]


def test_the_page_says_that_nobody_answers_and_takes_it_back(run):
    result = run(
        POLLING
        + """
        tell("sendError", asking);
        await clock.pass(3_000);
        const result = [sentence.hidden];
        tell("afterRequest", asking, { successful: false });
        result.push(sentence.hidden);
        tell("afterRequest", pressed, { successful: true });
        return [...result, sentence.hidden];
        """
    )
    assert result == [False, False, True]
