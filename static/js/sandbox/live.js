// Follows every panel with a run: each has its recording, also one that is added to the page later.

import { Recording } from "./recording.js";
import { Stream } from "./stream.js";

const status = document.getElementById("status");
const recordings = new WeakMap();
const stream = new Stream();

// Returns the recordings of the runs that were not followed yet; `lose` is called for each that is gone.
export function follow(lose) {
  const panels = [...document.querySelectorAll("[data-run]")].filter((panel) => !recordings.has(panel));
  const added = panels.map((panel) => {
    const recording = new Recording(panel);
    recording.addEventListener("news", () => announce(recording));
    recording.addEventListener("gone", () => lose(recording));
    recordings.set(panel, recording);
    stream.add(recording, panel.querySelector("[data-offline]") ?? document.getElementById("offline"));
    return recording;
  });
  if (added.length) stream.announce();
  return added;
}

function announce({ follows, panel }) {
  if (!follows) return;
  const which = panel.dataset.called ? `${panel.dataset.called}: ` : "";
  const words = which + panel.querySelector(".run-status").innerText.replaceAll(/\s+/g, " ");
  if (status.textContent !== words) status.textContent = words;
}

document.body.addEventListener("htmx:beforeCleanupElement", ({ target }) => {
  if (recordings.has(target)) stream.leave(recordings.get(target));
});
