// Follows every panel with a run: each has its recording and its stream, also one that is added to the page later.

import { Recording } from "./recording.js";
import { Stream } from "./stream.js";

const status = document.getElementById("status");
const streams = new WeakMap();

// Returns the recordings of the runs that were not followed yet; `lose` is called for each that is gone.
export function follow(lose) {
  const added = [...document.querySelectorAll("[data-run]")].filter((panel) => !streams.has(panel));
  return added.map((panel) => {
    const recording = new Recording(panel);
    recording.addEventListener("news", () => announce(recording));
    recording.addEventListener("gone", () => lose(recording));
    streams.set(panel, new Stream(recording, panel.querySelector("[data-offline]") ?? document.getElementById("offline")));
    return recording;
  });
}

function announce({ follows, panel }) {
  if (!follows) return;
  const which = panel.dataset.called ? `${panel.dataset.called}: ` : "";
  const words = which + panel.querySelector(".run-status").innerText.replaceAll(/\s+/g, " ");
  if (status.textContent !== words) status.textContent = words;
}

document.body.addEventListener("htmx:beforeCleanupElement", ({ target }) => streams.get(target)?.leave());
