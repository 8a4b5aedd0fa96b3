"""Walks over a page by Tab or Shift+Tab, and reports where the focus cannot be seen (WCAG 2.2, 2.4.11)."""

MOST = 400
# Points all over what has the focus; a label or a rectangle of a picture shows its focus for it.
FOCUSED = """() => {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const shows = one.closest("label") ?? (one.closest("svg") ? one.querySelector("rect") : null) ?? one;
    const box = shows.getBoundingClientRect();
    const parts = [0.02, 0.25, 0.5, 0.75, 0.98];
    const on = (x, y) => document.elementFromPoint(box.left + x * box.width, box.top + y * box.height);
    const isSeen = parts.some(x => parts.some(y => shows.contains(on(x, y))));
    one.focusedByTab = (one.focusedByTab ?? 0) + 1;
    return { name: (one.getAttribute("aria-label") ?? one.labels?.[0]?.innerText ?? one.innerText).trim(),
             isSeen, isAgain: one.focusedByTab > 1 };
}"""


def hidden_focus(page, key="Tab"):
    """Returns the names of all that gets the focus, in order, and of those that are wholly hidden meanwhile."""
    passed, hidden = [], []
    for _ in range(MOST):
        page.keyboard.press(key)
        focused = page.evaluate(FOCUSED)
        if focused is None or focused["isAgain"]:
            return passed, hidden
        passed.append(focused["name"])
        if not focused["isSeen"]:
            hidden.append(focused["name"])
    raise AssertionError(f"more than {MOST} elements have the focus in turn")
