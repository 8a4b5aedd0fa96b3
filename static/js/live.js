// Panes with a run: each has its recording and its stream, whether it came with the page or later.

import { Recording } from "./recording.js";
import { Stream } from "./stream.js";

const status = document.getElementById("status");
const streams = new WeakMap();

// The recordings of the runs that are not followed yet; `lose` hears of each that is gone.
export function follow(lose) {
  const fresh = [...document.querySelectorAll("[data-run]")].filter((pane) => !streams.has(pane));
  return fresh.map((pane) => {
    const recording = new Recording(pane);
    recording.addEventListener("news", () => announce(recording));
    recording.addEventListener("gone", () => lose(recording));
    streams.set(pane, new Stream(recording, pane.querySelector("[data-offline]") ?? document.getElementById("offline")));
    return recording;
  });
}

function announce({ follows, pane }) {
  if (!follows) return;
  const which = pane.dataset.called ? `${pane.dataset.called}: ` : "";
  const words = which + pane.querySelector(".standing").innerText.replaceAll(/\s+/g, " ");
  if (status.textContent !== words) status.textContent = words;
}

// What leaves the page is followed no longer.
document.body.addEventListener("htmx:beforeCleanupElement", ({ target }) => streams.get(target)?.leave());
