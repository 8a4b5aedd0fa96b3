// Marks the reader's place in the on-this-page lists. Without it the lists are plain links.

import "./terms.js";

const links = [...document.querySelectorAll("[data-places] a")];
const anchors = [...new Set(links.map((link) => link.hash))];
const headings = anchors.map((hash) => document.getElementById(decodeURIComponent(hash.slice(1)))).filter(Boolean);
const passed = new Set();

function mark() {
  const place = headings.findLast((heading) => passed.has(heading));
  for (const link of links) {
    if (place && link.hash === `#${place.id}`) link.setAttribute("aria-current", "location");
    else link.removeAttribute("aria-current");
  }
}

// Everything above the middle of the window counts as passed, however far above: a jump crosses the line too.
const observer = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) passed.add(target);
      else passed.delete(target);
    }
    mark();
  },
  { rootMargin: "1000000px 0px -50% 0px" },
);

for (const heading of headings) observer.observe(heading);
