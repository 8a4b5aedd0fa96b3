"""The form of a knowledge check: what is chosen outlives a reload, and items are put in order by hand."""

import pytest

# A form whose fields are those of a question of each kind, as it comes from the server.
QUESTION_FORM = """
    localStorage.clear();
    const items = ["a", "b", "c"].map((name) => `<li class="quiz-item"><span class="quiz-grip"></span>
      <span class="quiz-item-text">${name}</span><select name="place-${name}">
      <option></option><option>1</option><option>2</option><option>3</option></select>
      <button type="button" data-move="up"></button><button type="button" data-move="down"></button></li>`);
    const questionForm = () => html(`<form data-draft action="/check/"><input name="csrfmiddlewaretoken" value="secret">
      <input type="radio" name="one" value="x"><input type="radio" name="one" value="y">
      <input type="checkbox" name="many" value="p"><input type="checkbox" name="many" value="q">
      <textarea name="why"></textarea><ol class="quiz-order">${items.join("")}</ol></form>`);
    html('<p id="status"></p>');
    const change = (node) => node.dispatchEvent(new Event("change", { bubbles: true }));
    const comeBack = (form) => (form.remove(), questionForm());
    const arrive = () => document.dispatchEvent(new Event("htmx:afterSettle"));
    const order = (form) => [...form.querySelectorAll("li")].map((item) => item.textContent.trim()[0]).join("");
    const places = (form) => [...form.querySelectorAll("select")].map(({ value }) => value).join("");
"""
DRAFT = QUESTION_FORM + "const first = questionForm(); await load('/js/quiz/draft.js');"
ORDER = QUESTION_FORM + "const form = questionForm(); await load('/js/quiz/order.js');"


def test_what_is_chosen_is_there_again_and_nothing_that_is_secret_was_kept(run):
    result = run(
        DRAFT
        + """
        first.one.value = "y";
        first.many[1].checked = true;
        first.why.value = "because";
        change(first.why);
        const again = comeBack(first);
        arrive();
        const { one, many, why } = again;
        const isSecretKept = localStorage["draft:/check/"].includes("secret");
        return [one.value, many[0].checked, many[1].checked, why.value, isSecretKept];
        """
    )
    assert result == ["y", False, True, "because", False]


def test_items_are_in_the_order_that_was_chosen_once_all_have_a_place(run):
    result = run(
        DRAFT
        + """
        const given = (form, ...all) => form.querySelectorAll("select").forEach((one, i) => (one.value = all[i]));
        given(first, "2", "", "");
        change(first.why);
        const some = comeBack(first);
        arrive();
        const before = order(some);
        given(some, "3", "1", "2");
        change(some.why);
        const all = comeBack(some);
        arrive();
        return [before, order(all)];
        """
    )
    assert result == ["abc", "bca"]


def test_once_it_is_sent_nothing_of_it_is_kept(run):
    result = run(
        DRAFT
        + """
        first.action = location.pathname;
        first.setAttribute("action", location.pathname);
        change(first.why);
        const kept = Object.keys(localStorage);
        first.remove();
        arrive();
        return [kept, Object.keys(localStorage)];
        """
    )
    assert result == [["draft:/page/"], []]


def test_what_is_in_no_question_form_is_not_kept(run):
    assert (
        run(
            DRAFT
            + "change(html('<input>')); change(html('<form><input></form>').firstChild); return localStorage.length"
        )
        == 0
    )


def test_in_a_browser_that_keeps_nothing_the_form_works_all_the_same(run):
    result = run(
        QUESTION_FORM
        + """
        Storage.prototype.getItem = () => { throw new Error("not allowed"); };
        const form = questionForm();
        await load("/js/quiz/draft.js");
        return form.one.length;
        """
    )
    assert result == 2


@pytest.mark.parametrize(
    ("item", "way", "ordered", "places", "says"),
    [
        (0, "down", "bac", "123", "a: place 2 of 3"),
        (2, "up", "acb", "123", "c: place 2 of 3"),
        (0, "up", "abc", "123", "a: place 1 of 3"),
        (2, "down", "abc", "123", "c: place 3 of 3"),
    ],
)
def test_a_button_moves_an_item_by_one_place_and_says_where_it_is(run, item, way, ordered, places, says):
    result = run(
        ORDER
        + f"""
        let changes = 0;
        document.addEventListener("change", () => (changes += 1));
        form.querySelectorAll("li")[{item}].querySelector("[data-move={way}]").click();
        return [order(form), places(form), document.querySelector("#status").textContent, changes];
        """
    )
    assert result == [ordered, places, says, 1]


def test_a_click_beside_the_buttons_moves_nothing(run):
    result = run(
        ORDER
        + """
        form.querySelector("li").click();
        html('<i data-move="up"></i>').click();
        return [order(form), places(form)];
        """
    )
    assert result == ["abc", ""]


DRAG = """
    const point = (name, on, more = {}) => on.dispatchEvent(
      new PointerEvent(name, { bubbles: true, cancelable: true, pointerType: "mouse", button: 0, ...more }));
    const item = form.querySelectorAll("li")[1];
    const middle = (one) => (one.getBoundingClientRect().top + one.getBoundingClientRect().bottom) / 2;
    const drag = (to) => point("pointermove", document.body, { clientY: to });
"""


@pytest.mark.parametrize(("clientY", "ordered"), [("-1", "bac"), ("10_000", "acb"), ("middle(item)", "abc")])
@pytest.mark.parametrize("end", ["pointerup", "pointercancel"])
def test_an_item_follows_the_pointer_until_it_is_let_go(run, clientY, ordered, end):  # noqa: N803  as the event names it
    result = run(
        ORDER
        + DRAG
        + f"""
        point("pointerdown", item);
        const dragged = item.className;
        drag({clientY});
        point("{end}", document.body);
        drag(-1);
        return [dragged, item.className, order(form), places(form)];
        """
    )
    assert result == ["quiz-item is-dragged", "quiz-item", ordered, "123"]


@pytest.mark.parametrize(
    "press",
    [
        "item, { button: 2 }",
        "item.querySelector('button')",
        "item, { pointerType: 'touch' }",
        "document.body",
    ],
)
def test_what_is_no_drag_moves_nothing(run, press):
    assert run(ORDER + DRAG + f"point('pointerdown', {press}); drag(-1); return [order(form), item.className]") == [
        "abc",
        "quiz-item",
    ]


def test_a_finger_drags_an_item_by_its_grip(run):
    result = run(
        ORDER
        + DRAG
        + """
        point("pointerdown", item.querySelector(".quiz-grip"), { pointerType: "touch" });
        drag(-1);
        return order(form);
        """
    )
    assert result == "bac"


CHECK = """
    const form = html(`<form action="/check/"><p data-send-failed hidden></p>
      <button name="go" value="on"></button></form>`);
    const sent = [];
    form.submit = () => sent.push([...new FormData(form)]);
    const tell = (name, detail = {}, on = form) =>
      on.dispatchEvent(new CustomEvent(`htmx:${name}`, { bubbles: true, detail }));
    await load("/js/quiz/check.js");
"""


@pytest.mark.parametrize(("status", "is_shown"), [(422, True), (500, False)])
def test_an_incomplete_form_is_shown_with_its_errors_and_no_other_refusal_is(run, status, is_shown):
    result = run(
        CHECK
        + f"""
        const detail = {{ xhr: {{ status: {status} }}, shouldSwap: false, isError: true }};
        tell("beforeSwap", detail);
        return [detail.shouldSwap, !detail.isError];
        """
    )
    assert result == [is_shown, is_shown]


@pytest.mark.parametrize(
    ("trigger", "sent"),
    [("{ submitter: form.querySelector('button') }", [["go", "on"]]), ("{}", []), ("undefined", [])],
)
def test_what_was_refused_is_sent_plainly_with_the_button_that_was_pressed(run, trigger, sent):
    result = run(CHECK + f"tell('responseError', {{ requestConfig: {{ triggeringEvent: {trigger} }} }}); return sent")
    assert result == [sent]


def test_a_link_that_was_refused_is_followed_plainly(run):
    result = run(
        CHECK + "const link = html('<a href=\"#there\"></a>'); tell('responseError', {}, link); return location.hash"
    )
    assert result == "#there"


def test_that_nothing_was_sent_is_said_until_it_is_tried_again(run):
    result = run(
        CHECK
        + """
        const line = form.querySelector("[data-send-failed]");
        tell("sendError");
        const said = line.hidden;
        tell("beforeRequest");
        return [said, line.hidden];
        """
    )
    assert result == [False, True]


def test_where_there_is_no_place_to_say_it_a_link_is_followed_plainly(run):
    result = run(
        CHECK
        + """
        const [link, nothing] = [html('<a href="#there"></a>'), html("<div></div>")];
        for (const node of [nothing, link]) { tell("beforeRequest", {}, node); tell("sendError", {}, node); }
        return location.hash;
        """
    )
    assert result == "#there"
