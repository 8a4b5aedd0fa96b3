"""Playback on a run's page: which moments there are, how it goes from one to another, and what the bar tells of it."""

import pytest

# A recording as the page's clock knows it; `times` are the seconds of each fact, from the first on.
TIME = """
    const clock = new Clock();
    const { Playback } = await load("/js/sandbox/playback.js");
    class Recorded extends EventTarget {
      constructor(times, facts) {
        super();
        Object.assign(this, { ended: true, follows: true, shows: [], loads: 0, panel: panel(), exact: times.length });
        Object.assign(this, { times: [undefined, ...times], last: times.length, newest: times.length, ...facts });
      }
      has(seq) { return seq <= this.exact || seq === this.newest; }
      follow(follows) { this.follows = follows; }
      show(seq) { this.shows.push(seq); }
      async load() {
        this.loads += 1;
        if (this.refuses) throw new Error(this.refuses);
        this.exact = this.last;
      }
      get shown() { return this.shows.at(-1); }
    }
    const recorded = (times, facts) => new Recorded(times, facts);
    const problems = [];
    document.addEventListener("problem", ({ detail }) => problems.push(detail));
    const begin = (recordings, options = {}) => {
      const node = bar({ position: recordings.reduce((sum, { last }) => sum + last, 0), ...options });
      return new Playback(node, recordings);
    };
    const click = (name) => time.bar.querySelector(`[data-do=${name}]`).click();
"""
ONE = TIME + "const one = recorded([0, 1, 1, 2, 5]); const time = begin([one]);"
RUNNING = TIME + "const one = recorded([0, 1, 2], { ended: false }); const time = begin([one]);"
TWO = TIME + "const one = recorded([0, 2, 4]); const two = recorded([1, 2, 3]); const time = begin([one, two]);"


def test_the_moments_of_two_runs_are_in_the_order_in_which_they_happened(run):
    moments = run(TWO + "return time.moments.map(({ recording, at }) => [recording === one ? 1 : 2, at])")
    assert moments == [[1, 0], [2, 1], [1, 2], [2, 2], [2, 3], [1, 4]]


def test_a_moment_whose_time_is_not_known_yet_is_with_the_one_before_it(run):
    moments = run(
        TIME
        + """
        const one = recorded([undefined, 1, undefined]);
        const two = recorded([undefined, 3]);
        return begin([one, two]).moments.map(({ recording, seq, at }) => [recording === one ? 1 : 2, seq, at]);
        """
    )
    assert moments == [[1, 1, 0], [2, 1, 0], [1, 2, 1], [1, 3, 1], [2, 2, 3]]


def test_each_run_is_shown_at_its_newest_fact_of_that_moment(run):
    result = run(
        TWO + "await time.go(3); const then = [one.shown, two.shown, one.follows]; await time.live(); "
        "return [...then, one.shown, two.shown, one.follows]"
    )
    assert result == [2, 1, False, 3, 3, True]


def test_a_run_that_had_not_begun_by_then_is_shown_at_its_beginning(run):
    assert run(TWO + "await time.go(1); return [one.shown, two.shown]") == [1, 1]


@pytest.mark.parametrize(("wanted", "position"), [(0, 1), (-7, 1), (3, 3), (99, 5)])
def test_it_goes_no_further_than_there_are_moments(run, wanted, position):
    assert run(ONE + f"await time.go({wanted}); return [time.position, one.shown]") == [position, position]


def test_what_is_missing_is_got_first_and_nothing_that_is_there(run):
    result = run(
        TIME
        + """
        const one = recorded([0, 1, 2, 3], { exact: 0 });
        const time = begin([one]);
        await time.go(4);
        const before = one.loads;
        await time.go(2);
        await time.go(3);
        return [before, one.loads, one.shows];
        """
    )
    assert result == [0, 1, [4, 2, 3]]


@pytest.mark.parametrize("act", ["go(2)", "goToMessage(-1)"])
def test_what_cannot_be_got_is_said_and_nothing_is_shown(run, act):
    result = run(
        TIME
        + f"""
        const one = recorded([0, 1, 2], {{ exact: 0, refuses: "too much is asked" }});
        const time = begin([one]);
        return [await time.{act}, problems, one.shows];
        """
    )
    assert result == [False, ["too much is asked"], []]


def test_what_cannot_be_got_is_neither_played_nor_gone_to(run):
    result = run(
        TIME
        + """
        const one = recorded([0, 1, 2], { exact: 0, refuses: "no" });
        const time = begin([one]);
        await time.play();
        await time.goToFact(one.panel, 2);
        return [problems, one.shows, Boolean(time.timer)];
        """
    )
    assert result == [["no", "no"], [], False]


def test_a_fact_is_gone_to_in_the_run_that_it_is_of(run):
    assert run(TWO + "await time.goToFact(two.panel, 2); return [time.position, one.shown, two.shown]") == [4, 2, 2]


def test_from_message_to_message_it_takes_all_that_was_committed_at_once(run):
    positions = run(
        ONE
        + """
        const positions = [];
        for (const way of [-1, -1, -1, -1, 1, 1, 1, 1]) { await time.goToMessage(way); positions.push(time.position); }
        return positions;
        """
    )
    assert positions == [4, 3, 1, 1, 3, 4, 5, 5]


def test_from_the_midst_of_what_was_committed_at_once_it_takes_the_next_message(run):
    assert run(ONE + "await time.go(2); await time.goToMessage(1); return time.position") == 4


def test_the_next_fact_is_got_before_it_goes_on_from_one_that_is_known(run):
    result = run(
        TIME
        + """
        const one = recorded([0, 1, 2, 3], { exact: 2 });
        const time = begin([one]);
        await time.go(2);
        const before = one.loads;
        await time.goToMessage(1);
        return [before, one.loads, time.position];
        """
    )
    assert result == [0, 1, 3]


def test_it_plays_at_the_pace_at_which_it_was_recorded_and_stops_at_the_end(run):
    result = run(
        ONE
        + """
        await time.play();
        const positions = [];
        const note = () => positions.push([clock.now, time.position]);
        for (const wait of [999, 1, 1000, 1199, 1]) { await clock.pass(wait); note(); }
        return [positions, Boolean(time.timer)];
        """
    )
    assert result == [[[999, 1], [1000, 3], [2000, 4], [3199, 4], [3200, 5]], False]


def test_at_twice_the_speed_it_takes_half_the_time(run):
    result = run(
        ONE
        + """
        time.bar.querySelector("[data-speed]").value = "2";
        time.bar.querySelector("[data-speed]").dispatchEvent(new Event("change"));
        await time.play();
        await clock.pass(499);
        const before = time.position;
        await clock.pass(1);
        return [before, time.position];
        """
    )
    assert result == [1, 3]


def test_what_is_stopped_while_it_goes_on_stays_stopped(run):
    result = run(
        ONE
        + """
        await time.play();
        const step = time.step();
        time.stop();
        await step;
        await clock.pass(10_000);
        return [time.position, Boolean(time.timer)];
        """
    )
    assert result == [3, False]


def test_playing_stops_where_it_cannot_go_on(run):
    result = run(
        ONE + "await time.play(); one.exact = 0; one.refuses = 'gone'; await clock.pass(1_000); "
        "return [time.position, Boolean(time.timer), problems]"
    )
    assert result == [1, False, ["gone"]]


def test_a_run_that_is_over_is_played_from_its_beginning_and_stopped_where_it_is(run):
    result = run(
        ONE
        + """
        click("play");
        await settle();
        await clock.pass(1_000);
        const playing = "playing" in time.bar.dataset;
        click("play");
        await clock.pass(10_000);
        return [playing, "playing" in time.bar.dataset, time.position];
        """
    )
    assert result == [True, False, 3]


def test_a_run_that_goes_on_is_paused_where_it_stands_and_then_followed_again(run):
    result = run(
        RUNNING
        + """
        const states = [[one.follows, "playing" in time.bar.dataset]];
        for (let i = 0; i < 2; i += 1) {
          await time.toggle();
          states.push([one.follows, "playing" in time.bar.dataset]);
        }
        return states;
        """
    )
    assert result == [[True, True], [False, False], [True, True]]


def test_an_earlier_moment_of_a_run_that_goes_on_is_played_from_there(run):
    result = run(
        RUNNING + "await time.go(1); await time.toggle(); await clock.pass(1_000); return [time.position, one.follows]"
    )
    assert result == [2, False]


@pytest.mark.parametrize(("position", "after"), [(3, 4), (2, 2)])
def test_what_is_new_moves_on_only_a_page_that_follows(run, position, after):
    result = run(
        RUNNING
        + f"""
        await time.go({position});
        one.last = one.newest = one.exact = 4;
        one.times.push(3);
        one.dispatchEvent(new Event("news"));
        return [time.position, time.range.max];
        """
    )
    assert result == [after, "4"]


@pytest.mark.parametrize(
    ("name", "position"), [("back", 2), ("on", 4), ("message-back", 1), ("message-on", 4), ("live", 5), ("play", 3)]
)
def test_each_button_does_what_it_says(run, name, position):
    assert run(ONE + f"await time.go(3); click('{name}'); await settle(); return time.position") == position


def test_a_click_beside_the_buttons_does_nothing(run):
    assert run(ONE + "time.bar.querySelector('p').click(); await settle(); return one.shows") == []


def test_after_a_click_the_keys_work_and_after_a_press_of_enter_the_focus_stays(run):
    result = run(
        ONE
        + """
        const button = time.bar.querySelector("[data-do=back]");
        const focused = [0, 1].map((detail) => {
          button.focus();
          button.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, detail }));
          return document.activeElement === button;
        });
        await settle();
        return focused;
        """
    )
    assert result == [True, False]


@pytest.mark.parametrize(
    ("key", "position"),
    [("ArrowLeft", 2), ("ArrowRight", 4), ("[", 1), ("]", 4), ("l", 5), ("L", 5), (" ", 3), ("x", 3), ("Enter", 3)],
)
def test_each_key_does_what_it_says_and_others_are_left_alone(run, key, position):
    is_ours = key not in {"x", "Enter"}
    assert run(ONE + f"await time.go(3); const taken = await press('{key}'); return [taken, time.position]") == [
        is_ours,
        position,
    ]


@pytest.mark.parametrize(
    "options", ["altKey: true", "ctrlKey: true", "metaKey: true", "on: time.bar.querySelector('select')"]
)
def test_keys_that_are_meant_for_something_else_are_left_alone(run, options):
    assert run(ONE + f"return [await press('ArrowLeft', {{ {options} }}), one.shows]") == [False, []]


def test_keys_can_be_switched_off(run):
    assert run(TIME + "const one = recorded([0, 1]); begin([one], { keys: false }); return press('l')") is False


def test_space_on_a_button_presses_the_button(run):
    result = run(
        ONE
        + """
        const button = time.bar.querySelector("[data-do=on]");
        return [await press(" ", { on: button }), await press("ArrowLeft", { on: button }), time.position];
        """
    )
    assert result == [False, True, 4]


def test_the_slider_goes_to_where_it_is_drawn_and_its_arrows_go_by_facts(run):
    result = run(
        ONE
        + """
        time.range.value = 2;
        time.range.dispatchEvent(new Event("input"));
        await settle();
        const drawn = one.shown;
        await press("ArrowRight", { on: time.range });
        return [drawn, one.shown];
        """
    )
    assert result == [2, 3]


def test_the_bar_tells_the_fact_its_time_and_what_it_says(run):
    result = run(
        ONE
        + """
        html('<p id="fact-4"><span class="text">The customer was charged</span></p>');
        await time.go(4);
        const { range } = time;
        const [moment, link] = ["[data-moment]", "[data-fact]"].map((name) => time.bar.querySelector(name));
        return [moment.textContent, range.getAttribute("aria-valuetext"), range.value, link.search];
        """
    )
    assert result == ["fact 4 of 5, +2.00 s", "fact 4 of 5, +2.00 s: The customer was charged", "4", "?fact=4"]


def test_of_two_runs_it_tells_the_moment(run):
    result = run(TWO + "await time.go(2); return time.range.getAttribute('aria-valuetext')")
    assert result == "moment 2 of 6, +1.00 s"


def test_a_time_that_is_not_known_is_not_told(run):
    result = run(
        TIME + "const one = recorded([undefined, 1]); const time = begin([one]); await time.go(1); "
        "return time.bar.querySelector('[data-moment]').textContent"
    )
    assert result == "fact 1 of 2"


def test_a_run_of_which_nothing_is_known_yet_tells_nothing(run):
    result = run(
        TIME + "const time = begin([recorded([])]); return time.bar.querySelector('[data-moment]').textContent"
    )
    assert result == ""


@pytest.mark.parametrize(("start", "label"), [("RUNNING", "Live"), ("ONE", "End")])
def test_the_way_to_the_newest_moment_says_whether_more_can_come(run, start, label):
    result = run(
        {"RUNNING": RUNNING, "ONE": ONE}[start]
        + """
        const live = time.bar.querySelector("[data-do=live]");
        const before = live.ariaCurrent;
        await time.go(1);
        return [live.textContent, before, live.ariaCurrent];
        """
    )
    assert result == [label, "true", None]


def test_what_is_shown_is_told_of(run):
    result = run(ONE + "time.position = 2; one.dispatchEvent(new Event('shown')); return time.range.value")
    assert result == "2"


def test_the_address_leads_to_the_moment_that_is_looked_at_and_to_the_newest_without_one(run):
    result = run(
        ONE
        + """
        const link = html('<input data-link>');
        const places = [];
        for (const position of [2, 2, 5]) {
          await time.go(position);
          await clock.pass(250);
          places.push([location.pathname + location.search, link.value.endsWith(location.search)]);
        }
        return places;
        """
    )
    assert result == [["/runs/one/?at=2", True], ["/runs/one/?at=2", True], ["/runs/one/", True]]
