"""How a page follows its runs: what it tells the feed, what it takes of what comes, and what it says to the reader."""

import pytest

STREAM = """
    const clock = new Clock();
    const { Stream } = await load("/js/sandbox/stream.js");
    const sentence = html("<p hidden>The server does not answer</p>");
    const record = (run, seq = 3) => Object.assign(new EventTarget(), {
      address: `/sandbox/runs/${run}/`, seq, ended: false, frames: [], isOver: false,
      add({ seq, ended, fragments }) {
        this.frames.push([seq, fragments.map(({ fragment }) => fragment).join("")]);
        this.ended = ended;
      },
      end() { this.isOver = this.ended = true; },
    });
    const port = () => ({
      heard: [],
      postMessage({ address, runs }) {
        this.heard.push(runs.map((one) => one.join(":")).join(" "));
        this.address = address;
      },
      say(data) { this.onmessage?.({ data }); },
    });
    const [shared, own] = [port(), port()];
    const stream = new Stream(() => own, () => shared);
    const frame = (run, seq, ...names) => ({
      run, seq, ended: false, fragments: names.map((fragment) => ({ fragment, live: fragment === "live" })),
    });
    const one = record("one");
    stream.add(one, sentence);
    stream.announce();
"""
HELD = "A proxy between you and the server holds the live view back; this page asks every second instead."
LOST = "The server does not answer"


def test_it_tells_where_the_stream_is_and_what_the_page_has_of_each_run(run):
    result = run(STREAM + "stream.add(record('two', 9)); stream.announce(); return [own.address, own.heard]")
    assert result == ["/sandbox/live/", ["", "one:3", "one:3 two:9"]]


def test_a_run_that_has_ended_is_not_followed(run):
    assert run(STREAM + "one.ended = true; stream.announce(); return own.heard.at(-1)") == ""


def test_a_page_that_nobody_looks_at_follows_nothing_until_it_is_looked_at(run):
    result = run(
        STREAM + "own.say(frame('one', 7)); hide(true); const rests = own.heard.at(-1); hide(false);"
        "return [rests, own.heard.at(-1)]"
    )
    assert result == ["", "one:7"]


def test_each_frame_is_recorded_for_its_run_and_one_that_is_older_is_not(run):
    result = run(
        STREAM
        + """
        const two = record("two");
        stream.add(two);
        for (const seq of [5, 4, 6]) own.say(frame("one", seq, "a"));
        own.say(frame("two", 4, "b"));
        return [one.frames, two.frames];
        """
    )
    assert result == [[[5, "a"], [6, "a"]], [[4, "b"]]]


def test_of_a_fact_that_the_page_has_only_what_is_live_is_new(run):
    frames = run(STREAM + "own.say(frame('one', 3, 'a', 'live')); return one.frames")
    assert frames == [[3, "live"]]


def test_a_run_that_is_gone_is_given_up(run):
    result = run(STREAM + "own.say({ run: 'one', seq: 0, gone: true, ended: true }); return [one.isOver, one.frames]")
    assert result == [True, []]


@pytest.mark.parametrize(("state", "words"), [("lost", LOST), ("held", HELD)])
def test_the_reader_is_told_why_the_page_does_not_follow_as_usual_until_it_does(run, state, words):
    result = run(
        STREAM
        + f"""
        own.say({{ state: "{state}" }});
        const told = [sentence.hidden, sentence.textContent];
        own.say({{ state: "live" }});
        return [...told, sentence.hidden];
        """
    )
    assert result == [False, words, True]


def test_behind_a_proxy_the_notice_is_no_alarm_and_afterwards_it_is_as_it_was(run):
    result = run(
        STREAM
        + """
        sentence.className = "errors";
        own.say({ state: "held" });
        const calm = sentence.className;
        own.say({ state: "lost" });
        return [calm, sentence.className, sentence.textContent];
        """
    )
    assert result == ["", "errors", LOST]


@pytest.mark.parametrize("end", ["hide(true)", "own.say({ ...frame('one', 4), ended: true })", "stream.leave(one)"])
def test_where_nothing_is_followed_nothing_is_said(run, end):
    result = run(
        STREAM
        + f"""
        own.say({{ state: "held" }});
        const before = sentence.hidden;
        {end};
        const after = sentence.hidden;
        own.say({{ state: "lost" }});
        return [before, after, sentence.hidden];
        """
    )
    assert result == [False, True, True]


def test_a_live_stream_does_not_hide_what_others_say_in_the_same_place(run):
    assert run(STREAM + 'sentence.hidden = false; own.say({ state: "live" }); return sentence.hidden') is False


def test_what_left_the_page_is_followed_no_longer(run):
    result = run(STREAM + "stream.leave(one); own.say(frame('one', 4)); return [own.heard.at(-1), one.frames]")
    assert result == ["", []]


# Something has come through the stream of the page's own feed, and the shared feed has answered.
SHARED = STREAM + "own.say(frame('one', 5, 'a')); await clock.pass(2_000); shared.say({ state: 'live' });"


def test_two_seconds_after_the_first_frame_a_page_moves_to_the_feed_that_all_pages_share_once_that_answers(run):
    result = run(
        STREAM
        + """
        await clock.pass(10_000);
        own.say(frame("one", 5, "a"));
        await clock.pass(1_999);
        shared.say({ state: "live" });
        await clock.pass(60_000);
        const before = [own.heard.at(-1), shared.heard];
        shared.say({ state: "live" });
        own.say(frame("one", 6, "a"));
        shared.say(frame("one", 7, "a"));
        return [...before, own.heard.at(-1), one.frames];
        """
    )
    assert result == ["one:3", ["one:5"], "", [[5, "a"], [7, "a"]]]


@pytest.mark.parametrize("what", ["own.say({ ...frame('one', 4), ended: true })", "own.say({ state: 'held' })"])
def test_a_run_that_ends_soon_and_a_stream_that_is_held_back_need_no_shared_feed(run, what):
    result = run(
        STREAM
        + f"""
        let started = 0;
        stream.shared = () => (started += 1) && shared;
        own.say(frame("one", 4));
        await clock.pass(1_999);
        {what};
        await clock.pass(60_000);
        const before = started;
        stream.add(record("two"));
        stream.announce();
        own.say({{ state: "live" }});
        own.say(frame("two", 4));
        await clock.pass(2_000);
        own.say(frame("two", 5));
        await clock.pass(60_000);
        return [before, started];
        """
    )
    assert result == [0, 1]


def test_a_shared_feed_without_a_sign_of_life_is_left_for_good(run):
    result = run(
        SHARED
        + """
        await clock.pass(14_999);
        shared.say({ state: "live" });
        await clock.pass(14_999);
        shared.say(frame("one", 6, "a"));
        await clock.pass(14_999);
        const before = own.heard.at(-1);
        await clock.pass(1);
        own.say(frame("one", 7, "a"));
        shared.say(frame("one", 8, "a"));
        await clock.pass(60_000);
        return [before, shared.heard.at(-1), own.heard.at(-1), one.frames];
        """
    )
    assert result == ["", "", "one:6", [[5, "a"], [6, "a"], [7, "a"]]]


def test_a_page_that_follows_nothing_waits_for_no_sign(run):
    result = run(
        SHARED + "hide(true); await clock.pass(60_000); hide(false); return [own.heard.at(-1), shared.heard.at(-1)]"
    )
    assert result == ["", "one:5"]


def test_its_own_feed_may_be_silent(run):
    assert run(STREAM + "await clock.pass(60_000); return own.heard.at(-1)") == "one:3"


def test_without_shared_workers_a_page_follows_its_runs_by_itself(run):
    result = run(
        STREAM
        + """
        const only = port();
        const alone = new Stream(() => only, null);
        alone.add(record("two"));
        alone.announce();
        await clock.pass(60_000);
        return only.heard;
        """
    )
    assert result == ["", "two:3"]
