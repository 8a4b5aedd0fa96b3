"""Finds what is too small to hit: WCAG 2.2, 2.5.8, target size (minimum).

A target is at least 24 by 24 CSS pixels. A smaller one needs room around it: a circle of 24 pixels on its middle
touches no other target, nor the circle of another small one. Links in a sentence are exempt, and so is what another
control of the same page does that is large enough.
"""

SMALL_TARGETS = """({ least, equivalent }) => {
    const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']";
    const targetOf = one => one.closest("label") ?? one;
    const isShown = one => one.checkVisibility({ visibilityProperty: true }) && !one.disabled;
    const blockOf = one => getComputedStyle(one).display === "inline" ? blockOf(one.parentElement) : one;
    const hasText = block => [...block.childNodes].some(node => node.nodeType === Node.TEXT_NODE
        ? /[\\p{L}\\p{N}]/u.test(node.textContent)
        : node.matches?.(":not(a)") && getComputedStyle(node).display === "inline" && hasText(node));
    const isInSentence = one => one.matches("a") && blockOf(one) !== one && hasText(blockOf(one));
    const measured = one => {
        const { left, top, right, bottom, width, height } = targetOf(one).getBoundingClientRect();
        return { one, left, top, right, bottom, width, height, x: (left + right) / 2, y: (top + bottom) / 2 };
    };
    const targets = [...document.querySelectorAll(CONTROLS)].filter(isShown).map(measured)
        .filter(({ width, height, bottom }) => width > 1 && height > 1 && bottom + scrollY > 0);
    const isSmall = ({ width, height }) => Math.round(width) < least || Math.round(height) < least;
    const distance = (small, other) => isSmall(other)
        ? Math.hypot(small.x - other.x, small.y - other.y) - least / 2
        : Math.hypot(Math.max(other.left - small.x, 0, small.x - other.right),
                     Math.max(other.top - small.y, 0, small.y - other.bottom));
    const isOther = (small, other) => targetOf(other.one) !== targetOf(small.one)
        && !other.one.contains(small.one) && !small.one.contains(other.one);
    const isExempt = ({ one }) => isInSentence(one) || one.matches(equivalent);
    const nameOf = ({ one }) => (one.getAttribute("aria-label") || one.labels?.[0]?.innerText || one.textContent)
        .trim().replace(/\\s+/g, " ").slice(0, 60);
    return targets.filter(small => isSmall(small) && !isExempt(small)).flatMap(small => {
        const near = targets.find(other => isOther(small, other) && distance(small, other) < least / 2);
        const size = `${Math.round(small.width)} x ${Math.round(small.height)}`;
        return near ? [`${small.one.localName} “${nameOf(small)}”, ${size}, next to “${nameOf(near)}”`] : [];
    });
}"""
LEAST = 24
# The places of a picture on the setup page, for which a menu stands below it.
EQUIVALENT = ".saga .place"


def small_targets(page):
    """Returns every target of the page that is too small and too close to another, with its size."""
    return page.evaluate(SMALL_TARGETS, {"least": LEAST, "equivalent": EQUIVALENT})
