"""How the runs of all pages are followed by one connection: what is asked for, and what if nothing comes."""

import pytest

FEED = """
    const clock = new Clock();
    const { Feed } = await load("/js/sandbox/feed.js");
    const feed = new Feed();
    // A page, as the feed knows it: what it was told, without the fragments, and its latest state.
    const page = (...runs) => {
      const port = {
        told: [], states: [],
        postMessage: (data) => (data.state ? port.states.push(data.state) : port.told.push([data.run, data.seq])),
        follow: (...runs) => port.onmessage({ data: { address: "/live/", runs } }),
      };
      feed.join(port);
      port.states.length = 0;
      port.follow(...runs);
      return port;
    };
    const frame = (run, seq, more = {}) => ({ run, seq, fragments: [], ended: false, ...more });
    const answer = (...frames) => ({ ok: true, json: async () => frames, clone() { return this; } });
    const opened = () => Source.all.map(({ address }) => address.replace("/live/?", "").replace(/&viewer=.*/, ""));
    const now = () => [feed.state, Source.last?.isClosed ?? false, Source.all.length];
"""
ONE = FEED + "const one = page(['a', 3]); const first = Source.last;"
# The stream says nothing, while ordinary requests are answered.
HELD = ONE + "answers(answer()); await clock.pass(3_000);"


def test_it_asks_for_what_comes_after_the_fact_that_the_page_shows(run):
    assert run(ONE + "return Source.last.address.split('&')[0]") == "/live/?run=a:3"


def test_all_pages_are_followed_by_one_stream_that_begins_where_the_earliest_of_them_needs_it(run):
    result = run(
        FEED
        + """
        page(["a", 3], ["b", 1]);
        page(["b", 5], ["a", 2]);
        page(["c", 0]);
        return [opened(), Source.all.map(({ isClosed }) => isClosed ?? false)];
        """
    )
    assert result == [["run=a:3&run=b:1", "run=a:2&run=b:1", "run=a:2&run=b:1&run=c:0"], [True, True, False]]


def test_a_frame_reaches_the_pages_that_follow_its_run_and_only_those(run):
    result = run(
        FEED
        + """
        const [one, both, other] = [page(["a", 3]), page(["a", 3], ["b", 1]), page(["b", 1])];
        Source.last.send(frame("a", 4));
        Source.last.send(frame("b", 2));
        return [one.told, both.told, other.told];
        """
    )
    assert result == [[["a", 4]], [["a", 4], ["b", 2]], [["b", 2]]]


def test_a_page_gets_no_frame_that_begins_after_what_it_has(run):
    """It would miss the facts between; what was asked for before it came does not go back so far."""
    result = run(
        FEED
        + """
        const one = page(["a", 3]);
        let respond;
        globalThis.fetch = () => new Promise((resolve) => (respond = resolve));
        await clock.pass(3_000);
        const late = page(["a", 1]);
        respond(answer(frame("a", 7)));
        await settle();
        return [one.told, late.told, opened().at(-1)];
        """
    )
    assert result == [[["a", 7]], [], "run=a:1"]


def test_a_page_that_follows_nothing_more_is_left_out_and_without_any_nothing_is_open(run):
    result = run(
        FEED
        + """
        const [one, other] = [page(["a", 3]), page(["b", 1])];
        one.follow();
        const left = opened().at(-1);
        other.follow();
        await clock.pass(60_000);
        return [left, ...now()];
        """
    )
    assert result == ["run=b:1", "live", True, 3]


def test_a_page_that_leaves_takes_nothing_from_the_others(run):
    result = run(
        FEED
        + """
        const [one, other] = [page(["a", 3]), page(["b", 1])];
        one.onmessage({ data: { runs: [] } });
        return Source.last.address.split("&")[0];
        """
    )
    assert result == "/live/?run=b:1"


def test_at_most_as_many_runs_are_followed_as_the_server_allows(run):
    counted = run(
        FEED + "page(...Array.from({ length: 60 }, (_, i) => [`run-${i}`, 1])); return opened()[0].split('&').length"
    )
    assert counted == 50


def test_a_run_that_has_ended_is_followed_no_longer_and_with_the_last_the_stream_is_closed_for_good(run):
    result = run(
        FEED
        + """
        page(["a", 3], ["b", 1]);
        const before = [];
        Source.last.send(frame("a", 4, { ended: true }));
        before.push(...now());
        Source.last.say("end");
        await clock.pass(500);
        before.push(opened().at(-1));
        Source.last.send(frame("b", 2, { ended: true }));
        await clock.pass(60_000);
        return [...before, ...now()];
        """
    )
    assert result == ["live", False, 1, "run=b:1", "live", True, 2]


def test_it_comes_back_from_the_last_fact_that_it_saw(run):
    address = run(ONE + "first.send(frame('a', 7)); first.say('end'); await clock.pass(500); return opened().at(-1)")
    assert address == "run=a:7"


def test_a_stream_that_is_silent_for_twelve_seconds_is_doubted_and_opened_again(run):
    result = run(
        ONE
        + """
        first.say("here");
        await clock.pass(11_999);
        first.say("here");
        await clock.pass(11_999);
        const before = [asked.length, ...now()];
        await clock.pass(1);
        before.push(asked.length);
        await clock.pass(500);
        return [...before, ...now()];
        """
    )
    assert result == [0, "live", False, 1, 1, "live", False, 2]


def test_it_waits_longer_each_time_and_says_so(run):
    waits = run(
        ONE
        + """
        const waits = [];
        for (let i = 0; i < 4; i += 1) {
          await Source.last.fail(0);
          waits.push(clock.waits.find((wait) => wait === 500 * 2 ** i));
          await clock.pass(500 * 2 ** i);
        }
        return [...waits, one.states, Source.all.length];
        """
    )
    assert waits == [500, 1000, 2000, 4000, ["live", "lost"], 5]


def test_what_comes_through_takes_the_notice_away_and_the_next_pause_is_short_again(run):
    result = run(
        ONE
        + """
        for (const pause of [500, 1000, 2000]) {
          Source.last.say("end");
          await clock.pass(pause);
        }
        const before = feed.state;
        Source.last.send(frame("a", 4));
        Source.last.say("end");
        return [before, feed.state, clock.waits.includes(500)];
        """
    )
    assert result == ["lost", "live", True]


def test_a_server_that_answers_nothing_at_all_is_lost_fifteen_seconds_after_its_last_sign(run):
    result = run(
        ONE
        + """
        first.say("here");
        globalThis.fetch = () => new Promise(() => {});
        await clock.pass(14_999);
        const before = feed.state;
        await clock.pass(1);
        return [before, feed.state];
        """
    )
    assert result == ["live", "lost"]


def test_when_the_stream_is_silent_but_the_server_answers_the_stream_is_held_back_and_closed(run):
    result = run(
        ONE
        + """
        answers(answer());
        await clock.pass(2_999);
        const before = [asked.length, ...now()];
        await clock.pass(1);
        return [...before, asked, ...now()];
        """
    )
    assert result == [0, "live", False, 1, ["GET /live/now.json?run=a:3"], "held", True, 1]


def test_a_stream_that_speaks_before_the_answer_comes_is_not_held_back(run):
    result = run(
        ONE
        + """
        let respond;
        globalThis.fetch = () => new Promise((resolve) => (respond = resolve));
        await clock.pass(3_000);
        first.say("here");
        respond(answer());
        await settle();
        await clock.pass(5_000);
        return now();
        """
    )
    assert result == ["live", False, 1]


def test_while_the_stream_is_held_back_it_asks_every_second_for_what_is_new_and_ends_its_stream(run):
    result = run(
        HELD
        + """
        asked.length = 0;
        answers(answer(frame("a", 4)), answer(), answer(frame("a", 9)), answer());
        await clock.pass(4_000);
        return [one.told, asked.map((one) => one.replace(/viewer=.+/, "viewer=key").replace(/^.+[?]/, ""))];
        """
    )
    rest = [f"run=a:{seq}&viewer=key" for seq in (3, 4, 4, 9)]
    assert result == [[["a", 4], ["a", 9]], rest]


def test_a_stream_that_is_held_back_is_tried_again_ever_more_rarely_while_it_goes_on_asking(run):
    result = run(
        HELD
        + """
        const tried = [];
        for (const wait of [20_000, 40_000, 80_000]) {
          await clock.pass(wait - 1);
          const before = Source.all.length;
          await clock.pass(1);
          tried.push([before, Source.all.length, Source.last.isClosed ?? false]);
          asked.length = 0;
          await clock.pass(3_000);
          const hasKey = asked.some((address) => address.includes("viewer"));
          tried.push([asked.length >= 2, hasKey, feed.state, Source.last.isClosed]);
        }
        return tried;
        """
    )
    held = [True, False, "held", True]
    assert result == [[1, 2, False], held, [2, 3, False], held, [3, 4, False], held]


def test_a_trial_that_fails_changes_nothing(run):
    result = run(
        HELD
        + """
        await clock.pass(20_000);
        await Source.last.fail(0);
        asked.length = 0;
        await clock.pass(3_000);
        return [asked.length, ...now()];
        """
    )
    assert result == [3, "held", True, 2]


def test_as_soon_as_the_stream_speaks_again_it_asks_no_longer(run):
    result = run(
        HELD
        + """
        await clock.pass(20_000);
        Source.last.say("here");
        asked.length = 0;
        await clock.pass(11_999);
        const changes = one.states.filter((state, i) => state !== one.states[i - 1]);
        return [asked.length, changes, ...now()];
        """
    )
    assert result == [0, ["live", "held", "live"], "live", False, 2]


def test_a_server_that_is_gone_while_the_stream_was_held_back_is_lost_and_asked_less_often(run):
    result = run(
        HELD
        + """
        answers(new Error("no server"));
        asked.length = 0;
        await clock.pass(10_000);
        const lost = [feed.state, asked.length];
        answers(answer());
        await clock.pass(10_000);
        return [...lost, feed.state];
        """
    )
    assert result == ["lost", 5, "held"]


@pytest.mark.parametrize(
    "answer",
    ["{ ...answer(), ok: false }", "{ ...answer(), json: async () => JSON.parse('<p>') }", "new Error('nobody')"],
)
def test_what_is_no_answer_of_the_server_is_none(run, answer):
    assert run(ONE + f"answers({answer}); await clock.pass(3_000); return now()") == ["live", True, 1]


def test_a_connection_that_breaks_is_opened_again_without_a_question(run):
    result = run(ONE + "await first.fail(0); await clock.pass(500); return [asked, Source.all.length]")
    assert result == [[], 2]


def test_without_a_network_it_waits_and_with_one_it_comes_back_at_once(run):
    result = run(
        ONE
        + """
        dispatchEvent(new Event("offline"));
        const before = [first.isClosed, Source.all.length];
        dispatchEvent(new Event("offline"));
        before.push(clock.waits);
        dispatchEvent(new Event("online"));
        await clock.pass(0);
        return [...before, Source.all.length];
        """
    )
    assert result == [True, 1, [500, 3_000], 2]
