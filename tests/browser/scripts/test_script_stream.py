"""How a page follows a run: what it asks for, when it comes back, and when it gives up."""

import pytest

STREAM = """
    const clock = new Clock();
    const { Stream } = await load("/js/sandbox/stream.js");
    const sentence = html("<p hidden>The server does not answer</p>");
    const recording = Object.assign(new EventTarget(), {
        address: "/runs/one/", seq: 3, ended: false, frames: [], isOver: false,
        add(frame) { this.frames.push(frame.seq); },
        end() { this.isOver = true; },
    });
    const start = () => new Stream(recording, sentence);
"""
OPENED = "const stream = start(); const first = Source.last;"


def test_it_asks_for_what_comes_after_the_fact_that_the_page_shows(run):
    assert run(STREAM + "start(); return Source.last.address") == "/runs/one/live/?after=3"


def test_a_run_that_has_ended_is_not_followed(run):
    assert run(STREAM + "recording.ended = true; start(); return Source.all.length") == 0


def test_a_page_that_nobody_looks_at_asks_for_nothing_until_it_is_looked_at(run):
    opened = run(
        STREAM
        + "hide(true); start(); const before = Source.all.length; hide(false); return [before, Source.all.length]"
    )
    assert opened == [0, 1]


def test_a_page_that_is_hidden_closes_the_stream_and_shows_no_notice(run):
    result = run(
        STREAM
        + OPENED
        + """
        await first.fail(0);
        await clock.pass(500);
        hide(true);
        await clock.pass(60_000);
        return [Source.last.isClosed, Source.all.length, sentence.hidden];
        """
    )
    assert result == [True, 2, True]


def test_each_frame_is_recorded_and_one_that_is_older_is_not(run):
    frames = run(STREAM + OPENED + "for (const seq of [5, 4, 5, 6]) first.send({ seq }); return recording.frames")
    assert frames == [5, 5, 6]


def test_with_the_last_frame_the_stream_is_closed_for_good(run):
    result = run(
        STREAM
        + OPENED
        + "first.send({ seq: 4, ended: true }); await clock.pass(60_000); return [first.isClosed, Source.all.length]"
    )
    assert result == [True, 1]


def test_it_comes_back_from_the_last_fact_that_it_saw(run):
    address = run(
        STREAM + OPENED + "first.send({ seq: 7 }); first.say('end'); await clock.pass(500); return Source.last.address"
    )
    assert address == "/runs/one/live/?after=7"


def test_a_stream_that_is_silent_for_twelve_seconds_is_opened_again(run):
    opened = run(
        STREAM
        + OPENED
        + """
        await clock.pass(11_999);
        first.say("here");
        await clock.pass(11_999);
        const before = [first.isClosed ?? false, Source.all.length];
        await clock.pass(1 + 500);
        return [...before, first.isClosed, Source.all.length];
        """
    )
    assert opened == [False, 1, True, 2]


def test_it_waits_longer_each_time_and_says_so_to_the_reader(run):
    waits = run(
        STREAM
        + OPENED
        + """
        const waits = [];
        for (let i = 0; i < 4; i += 1) {
          await Source.last.fail(0);
          waits.push(clock.waits.find((wait) => wait === 500 * 2 ** i));
          await clock.pass(500 * 2 ** i);
        }
        return [...waits, sentence.hidden, Source.all.length];
        """
    )
    assert waits == [500, 1000, 2000, 4000, False, 5]


def test_what_comes_through_takes_the_notice_away_and_the_next_pause_is_short_again(run):
    result = run(
        STREAM
        + OPENED
        + """
        for (const pause of [500, 1000, 2000]) {
          Source.last.say("end");
          await clock.pass(pause);
        }
        const before = sentence.hidden;
        Source.last.send({ seq: 4 });
        Source.last.say("end");
        return [before, sentence.hidden, clock.waits.includes(500)];
        """
    )
    assert result == [False, True, True]


@pytest.mark.parametrize(("answer", "is_over"), [("404", True), ("410", True), ("500", False), (None, False)])
def test_only_a_run_that_is_not_there_any_more_is_given_up(run, answer, is_over):
    given = f"new Response('', {{ status: {answer} }})" if answer else "new Error('no server')"
    result = run(
        STREAM
        + OPENED
        + f"""
        answers({given});
        await first.fail(Source.CLOSED);
        await clock.pass(500);
        return [asked, recording.isOver, Source.all.length];
        """
    )
    assert result == [["HEAD /runs/one/live/"], is_over, 1 if is_over else 2]


def test_a_connection_that_breaks_is_not_asked_about(run):
    result = run(STREAM + OPENED + "await first.fail(0); await clock.pass(500); return [asked, Source.all.length]")
    assert result == [[], 2]


def test_a_run_that_the_stream_says_is_gone_is_given_up_and_the_notice_taken_away(run):
    result = run(
        STREAM
        + OPENED
        + """
        first.say("end");
        await clock.pass(500);
        first.say("end");
        await clock.pass(3_000);
        const before = sentence.hidden;
        Source.last.say("gone");
        return [before, sentence.hidden, recording.isOver, Source.last.isClosed];
        """
    )
    assert result == [False, True, True, True]


def test_without_a_network_it_waits_and_with_one_it_comes_back_at_once(run):
    opened = run(
        STREAM
        + OPENED
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
    assert opened == [True, 1, [500, 3_000], 2]


def test_what_left_the_page_is_followed_no_longer(run):
    result = run(
        STREAM
        + OPENED
        + """
        stream.leave();
        hide(false);
        await clock.pass(60_000);
        return [recording.ended, first.isClosed, Source.all.length];
        """
    )
    assert result == [True, True, 1]
