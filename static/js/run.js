// A page with one run or two: each has its recording, all share one clock. Nothing is decided here.

import { focusOn } from "./lens.js";
import { follow } from "./live.js";
import "./polling.js";
import { Time } from "./time.js";

const DOUBLE_CLICK = 500;

const problem = document.getElementById("problem");
let controlsSince = -DOUBLE_CLICK;

const recordings = follow(lose);
for (const recording of recordings) {
  recording.addEventListener("news", () => recording.follows && recording.ended && finish(recording.panel));
  recording.addEventListener("put", (event) => {
    if (event.detail === "controls") controlsSince = performance.now();
  });
  focusOn(recording.panel, recording);
}
for (const node of document.querySelectorAll("[data-needs-script]")) node.hidden = false;
const bar = document.querySelector("[data-time]");
const time = bar && new Time(bar, recordings);

// One Enter too many, after the last message is delivered, starts no new run: the focus goes to how it has ended.
function finish(panel) {
  const isOnControls = panel.querySelector(".controls")?.contains(document.activeElement);
  if (isOnControls) panel.querySelector(".headline").focus({ preventScroll: true });
}

function lose(recording) {
  recording.panel.querySelector(".controls")?.remove();
  complain("This run is gone: it was deleted, or is shared no longer. What is shown here is the last that was seen of it.");
}

function complain(text) {
  problem.querySelector("p").textContent = text || "That did not work.";
  problem.hidden = false;
  problem.focus();
}

// What a person sent is answered; what asks by itself, every second, must not take the focus, and stops when all is gone.
function wasSent(event) {
  return event.detail.requestConfig.verb === "post";
}

function stopAsking(asking) {
  asking.replaceWith(asking.cloneNode(true));
}

document.addEventListener("problem", (event) => complain(event.detail || "That moment could not be shown."));
document.body.addEventListener("htmx:responseError", (event) => {
  if (wasSent(event)) complain(event.detail.xhr.responseText);
  else if ([404, 410].includes(event.detail.xhr.status)) stopAsking(event.detail.elt);
});
document.body.addEventListener("htmx:sendError", (event) => wasSent(event) && complain("The server did not answer. Nothing is lost; try again."));
document.body.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && wasSent(event)) problem.hidden = true;
});

document.addEventListener("click", (event) => {
  // The second half of a double click lands on whatever stands there by then. It was not meant for that.
  const isNew = performance.now() - controlsSince < DOUBLE_CLICK;
  if (event.detail > 1 && isNew && event.target.closest(".controls")) return event.preventDefault();
  const moment = event.target.closest("a[data-at]");
  if (!moment || !time || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  time.goToFact(moment.closest("[data-run]"), Number(moment.dataset.at));
}, true);
