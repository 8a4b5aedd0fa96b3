// Marks the reader's place in the on-this-page lists, and copies links to places. Without scripts, they are plain links.

import "./terms.js";
import "../base/copy_code.js";
import { idOf, remember } from "./reading_position.js";

const links = [...document.querySelectorAll("[data-toc] a")];
const anchors = [...new Set(links.map((link) => link.hash))];
const headings = anchors.map((hash) => document.getElementById(idOf(hash))).filter(Boolean);
const passed = new Set();

function mark() {
  const at = headings.findLastIndex((heading) => passed.has(heading));
  const here = links.filter((link) => idOf(link.hash) === headings[at]?.id);
  for (const link of links) link.removeAttribute("aria-current");
  for (const link of here) link.setAttribute("aria-current", "location");
  if (at > 0) remember(at < headings.length - 1 ? here[0] : null);
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

document.addEventListener("click", async ({ target }) => {
  const link = target.closest("a.anchor");
  if (!link || !navigator.clipboard) return;
  try {
    await navigator.clipboard.writeText(link.href);
    document.getElementById("status").textContent = "Link copied";
  } catch {} // not allowed: the link still works
});

// The page is cached for all readers, so it cannot contain this reader's token.
document.body.addEventListener("htmx:configRequest", ({ detail }) => {
  const name = `${document.body.dataset.tokenCookie}=`;
  const cookie = document.cookie.split("; ").find((one) => one.startsWith(name));
  detail.headers["X-CSRFToken"] = cookie?.slice(name.length) ?? "";
});
