"""A run's page at every fact: what is kept of each moment, what is shown of it, and what is asked for."""

import pytest

FRAGMENTS = """
    <div data-fragment="board">board 3<button>Go</button></div>
    <div data-into="rows"></div>
    <div data-fragment="now" data-now>now 3</div>
"""
RECORDING = f"""
    const {{ Recording }} = await load("/js/sandbox/recording.js");
    const heard = [];
    const make = (facts = {{}}) => {{
      const recording = new Recording(panel({{ inside: `{FRAGMENTS}`, offset: 0.5, ...facts }}));
      for (const name of ["news", "gone", "shown", "put"]) recording.addEventListener(name, () => heard.push(name));
      return recording;
    }};
    const frame = (seq, ...fragments) => ({{ seq, at: seq / 2, ended: false, fragments }});
    const fragment = (name, html, more = {{}}) => ({{ fragment: name, html, ...more }});
    const board = (text) => fragment("board", `<div data-fragment="board">${{text}}<button>Go</button></div>`);
    const row = (n) => fragment(`row-${{n}}`, `<p>row ${{n}}</p>`, {{ into: "rows" }});
    const shown = (recording) => recording.panel.textContent.replaceAll(/\\s+/g, " ").trim();
    const respond = (frames, options) => answers(new Response(JSON.stringify(frames), options));
"""


def test_a_page_of_now_follows_and_a_page_of_an_earlier_moment_does_not(run):
    result = run(
        RECORDING
        + """
        const result = ({ seq, last, newest, ended, follows, exact, times }) =>
          [seq, last, newest, ended, follows, exact, times[3]];
        return [make(), make({ seq: 3, last: 9, ended: true })].map(result);
        """
    )
    assert result == [[3, 3, 3, False, True, 0, 0.5], [3, 9, 3, True, False, 0, 0.5]]


def test_what_is_new_is_shown_at_once_while_the_page_follows(run):
    result = run(
        RECORDING
        + """
        const recording = make();
        const now = fragment("now", '<div data-fragment="now">now 4</div>', { live: true });
        recording.add(frame(4, board("board 4"), now));
        return [shown(recording), recording.seq, recording.times[4], heard];
        """
    )
    assert result == ["board 4Go now 4", 4, 2, ["put", "put", "shown", "news"]]


def test_on_an_earlier_moment_only_what_is_as_of_now_changes(run):
    result = run(
        RECORDING
        + """
        const recording = make();
        recording.follow(false);
        const now = fragment("now", '<div data-fragment="now">now 4</div>', { live: true });
        recording.add(frame(4, board("board 4"), now));
        const past = "past" in recording.panel.dataset;
        const before = [shown(recording), recording.seq, recording.last];
        recording.follow(true);
        recording.show(4);
        return [past, ...before, shown(recording), "past" in recording.panel.dataset];
        """
    )
    assert result == [True, "board 3Go now 4", 3, 4, "board 4Go now 4", False]


def test_what_did_not_change_is_not_put_in_place_again(run):
    result = run(
        RECORDING + "const recording = make(); recording.add(frame(4, row(1))); return [shown(recording), heard]"
    )
    assert result == ["board 3Go row 1 now 3", ["shown", "news"]]


def test_what_comes_later_is_added_where_it_belongs_and_taken_away_on_the_way_back(run):
    result = run(
        RECORDING
        + """
        const recording = make();
        recording.add(frame(4, row(1)));
        recording.add(frame(5, row(2), fragment("nowhere", "<p>lost</p>", { into: "no such place" })));
        const states = [shown(recording)];
        for (const seq of [4, 3, 5]) { recording.show(seq); states.push(shown(recording)); }
        return states;
        """
    )
    assert result == [
        "board 3Go row 1row 2 now 3",
        "board 3Go row 1 now 3",
        "board 3Go now 3",
        "board 3Go row 1row 2 now 3",
    ]


def test_of_two_frames_of_one_fact_the_later_counts(run):
    result = run(
        RECORDING
        + """
        const recording = make();
        recording.follow(false);
        recording.add(frame(4, board("early")));
        recording.add(frame(4, board("late")));
        recording.show(4);
        return [shown(recording), recording.fragments.get("board").map(({ seq }) => seq)];
        """
    )
    assert result == ["lateGo now 3", [3, 4]]


def test_only_a_moment_that_is_known_whole_can_be_shown(run):
    result = run(
        RECORDING
        + """
        const recording = make({ seq: 3, last: 9 });
        recording.add(frame(6));
        const before = [2, 3, 5, 6, 9].map((seq) => recording.has(seq));
        respond([frame(1), frame(2)]);
        recording.last = 2;
        await recording.load();
        return [before, [1, 2, 3, 6].map((seq) => recording.has(seq))];
        """
    )
    assert result == [[False, False, False, True, False], [True, True, False, True]]


def test_the_end_and_a_run_that_is_gone_are_told(run):
    result = run(
        RECORDING
        + """
        const recording = make();
        recording.add({ ...frame(4), ended: true });
        const ended = [recording.ended, "ended" in recording.panel.dataset];
        const other = make();
        other.end();
        return [...ended, other.ended, heard];
        """
    )
    assert result == [True, True, True, ["shown", "news", "gone"]]


def test_the_frames_are_asked_for_once_and_then_every_moment_can_be_shown(run):
    result = run(
        RECORDING
        + """
        const recording = make();
        respond([frame(1, board("board 1")), frame(2, board("board 2"), row(1)), frame(3, board("board 3"))]);
        const both = [recording.load(), recording.load()];
        await Promise.all(both);
        const states = [1, 2, 3].map((seq) => (recording.show(seq), shown(recording)));
        return [both[0] === both[1], asked, states, recording.exact, recording.times];
        """
    )
    assert result == [
        True,
        ["GET /runs/one/frames-3.json"],
        ["board 1Go now 3", "board 2Go row 1 now 3", "board 3Go row 1 now 3"],
        3,
        [None, 0.5, 1, 1.5],
    ]


def test_what_came_while_the_frames_were_under_way_is_kept(run):
    result = run(
        RECORDING
        + """
        const recording = make();
        recording.follow(false);
        respond([frame(1, board("board 1")), frame(2), frame(3, board("board 3"))]);
        const loading = recording.load();
        recording.add(frame(4, board("board 4"), row(1)));
        await loading;
        return [[1, 3, 4].map((seq) => (recording.show(seq), shown(recording))), recording.exact, recording.newest];
        """
    )
    assert result == [["board 1Go now 3", "board 3Go now 3", "board 4Go row 1 now 3"], 3, 4]


def test_frames_that_are_known_already_change_nothing(run):
    result = run(
        RECORDING
        + """
        const recording = make();
        respond([frame(1, board("board 1")), frame(3, board("board 3"))]);
        await recording.load();
        respond([frame(1, board("another"))]);
        await recording.load();
        recording.show(1);
        return [shown(recording), asked.length];
        """
    )
    assert result == ["board 1Go now 3", 2]


@pytest.mark.parametrize(
    ("kind", "says"), [("text/plain; charset=utf-8", "too much is asked"), ("text/html", ""), (None, "")]
)
def test_frames_that_are_refused_say_why_where_the_server_does_and_can_be_asked_for_again(run, kind, says):
    headers = f"{{ 'Content-Type': '{kind}' }}" if kind else "{}"
    result = run(
        RECORDING
        + f"""
        const recording = make();
        answers(new Response(new Blob(["too much is asked"]), {{ status: 429, headers: {headers} }}));
        const problem = await recording.load().catch((error) => error.message);
        respond([frame(1), frame(2), frame(3)]);
        await recording.load();
        return [problem, recording.exact];
        """
    )
    assert result == [says, 3]


def test_a_part_that_is_replaced_keeps_the_focus_and_gets_the_token(run):
    result = run(
        RECORDING
        + """
        const processed = [];
        globalThis.htmx = { process: (node) => processed.push(node.dataset.fragment) };
        const recording = make();
        recording.panel.querySelector("button").focus();
        const form = '<input name="csrfmiddlewaretoken"><button>Go on</button>';
        recording.add(frame(4, fragment("board", `<div data-fragment="board">${form}</div>`)));
        const first = document.activeElement.textContent;
        recording.add(frame(5, fragment("board", '<div data-fragment="board" tabindex="-1">over</div>')));
        return [first, document.activeElement.textContent, processed];
        """
    )
    assert result == ["Go on", "over", ["board", "board"]]


def test_the_token_of_the_page_is_in_every_form_that_comes_later(run):
    token = run(
        RECORDING
        + """
        const recording = make();
        recording.add(frame(4, fragment("board", '<div><input name="csrfmiddlewaretoken" value="another"></div>')));
        return recording.panel.querySelector("input").value;
        """
    )
    assert token == "token"


def test_a_page_without_a_token_has_none_to_give(run):
    token = run(
        "document.body.removeAttribute('hx-headers');"
        + RECORDING
        + """
        const recording = make();
        recording.add(frame(4, fragment("board", '<div><input name="csrfmiddlewaretoken" value="another"></div>')));
        return recording.panel.querySelector("input").value;
        """
    )
    assert token == "undefined"


@pytest.mark.parametrize(("is_still", "follows", "moves"), [(False, True, 1), (True, True, 0), (False, False, 0)])
def test_messages_cross_their_arrow_where_motion_is_welcome_and_the_page_follows(run, is_still, follows, moves):
    arrow = '<svg class="moving"><circle><animateMotion dur="1s" begin="indefinite"></animateMotion></circle></svg>'
    result = run(
        RECORDING
        + f"""
        globalThis.matchMedia = () => ({{ matches: {str(is_still).lower()} }});
        const recording = make({{ seq: 3, last: {3 if follows else 9} }});
        recording.add(frame(4, fragment("board", '<div data-fragment="board">{arrow}</div>')));
        recording.show(4);
        return recording.panel.querySelectorAll(".going").length;
        """
    )
    assert result == moves
