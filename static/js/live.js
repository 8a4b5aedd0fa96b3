// Panes with a run: each has its film and its stream, whether it came with the page or later.

import { Film } from "./film.js";
import { Stream } from "./stream.js";

const status = document.getElementById("status");
const streams = new WeakMap();

// The films of the runs that are not followed yet; `lose` hears of each that is gone.
export function follow(lose) {
  const fresh = [...document.querySelectorAll("[data-run]")].filter((pane) => !streams.has(pane));
  return fresh.map((pane) => {
    const film = new Film(pane);
    film.addEventListener("news", () => announce(film));
    film.addEventListener("gone", () => lose(film));
    streams.set(pane, new Stream(film, pane.querySelector("[data-offline]") ?? document.getElementById("offline")));
    return film;
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
