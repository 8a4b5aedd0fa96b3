"""The actor filter and the journal's filters: they show less, and all of it stays there."""

import pytest

LENS = """
    const { focusOn } = await load("/js/sandbox/actor_filter.js");
    const recording = new EventTarget();
    const node = panel({ inside: `
        <select data-actor-filter><option value="">all</option><option>payment</option></select>
        <select data-filter="actor"><option value="">all</option><option>payment</option></select>
        <select data-filter="sort"><option value="">all</option><option>sent</option></select>
        <i data-actors="order payment">1</i><i data-actors="order">2</i>
        <ol id="journal">
            <li data-actor="payment" data-sort="sent done">a</li><li data-actor="order" data-sort="sent">b</li>
            <li>c</li>
        </ol>` });
    const choose = (name, value) => {
      const choice = node.querySelector(name);
      choice.value = value;
      choice.dispatchEvent(new Event("change"));
    };
    const drawn = () => new Promise((then) => requestAnimationFrame(then));
    const all = "[data-actors]:not(.unseen), li:not([hidden])";
    const seen = () => [...node.querySelectorAll(all)].map(({ textContent }) => textContent).join("");
"""


def test_a_run_is_seen_as_one_actor_sees_it_and_whole_again(run):
    result = run(
        LENS
        + """
        focusOn(node, recording);
        const states = [seen()];
        for (const actor of ["payment", ""]) {
          choose("[data-actor-filter]", actor);
          states.push(seen());
        }
        return states;
        """
    )
    assert result == ["12abc", "1abc", "12abc"]


def test_a_line_is_shown_that_every_filter_lets_through(run):
    result = run(
        LENS
        + """
        focusOn(node, recording);
        choose("[data-filter=sort]", "sent");
        const result = seen();
        choose("[data-filter=actor]", "payment");
        return [result, seen()];
        """
    )
    assert result == ["12ab", "12a"]


@pytest.mark.parametrize("news", ["shown", "put"])
def test_what_is_put_in_place_later_is_looked_at_the_same_way(run, news):
    result = run(
        LENS
        + """
        focusOn(node, recording);
        choose("[data-actor-filter]", "payment");
        node.insertAdjacentHTML("afterbegin", '<i data-actors="inventory">3</i>');
        recording.dispatchEvent(new Event(NEWS));
        const before = seen();
        await drawn();
        return [before, seen()];
        """.replace("NEWS", f"'{news}'")
    )
    assert result == ["31abc", "1abc"]


def test_a_choice_that_the_browser_kept_counts_from_the_beginning(run):
    result = run(
        LENS
        + """
        node.querySelector("[data-filter=actor]").value = "payment";
        focusOn(node, recording);
        await drawn();
        return seen();
        """
    )
    assert result == "12a"


def test_a_page_without_a_lens_is_shown_whole(run):
    result = run(
        LENS
        + "node.querySelector('[data-actor-filter]').remove(); focusOn(node, recording); await drawn(); return seen()"
    )
    assert result == "12abc"
