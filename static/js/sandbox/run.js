// The page of one run, or of two that share one time. Nothing is decided here: all fragments come from the server.

import { focusOn } from "./actor_filter.js";
import "./copy.js";
import { follow } from "./live.js";
import "./polling.js";
import { Playback } from "./playback.js";
import "./views.js";

const DOUBLE_CLICK = 500;

const problem = document.getElementById("problem");
let wasPressed = false;
let [pressedBefore, pressedAt] = [undefined, -Infinity];
let controlsShownAt = -DOUBLE_CLICK;

const recordings = follow(lose);
for (const recording of recordings) {
  recording.addEventListener("news", () => {
    if (recording.follows && recording.ended) finish(recording.panel);
    if (wasPressed && document.activeElement === document.body) goOn(recording.panel);
  });
  recording.addEventListener("put", (event) => {
    if (event.detail === "controls") controlsShownAt = performance.now();
  });
  focusOn(recording.panel, recording);
}
const bar = document.querySelector("[data-time]");
const time = bar && new Playback(bar, recordings);
const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
if (time && !time.isLive && !isStill && new URLSearchParams(location.search).has("play")) time.play();

// A message that was delivered on its arrow by keyboard is gone from there: the focus goes on to the next one.
function goOn(panel) {
  [...panel.querySelectorAll(".by-hand a")].find((link) => link.checkVisibility())?.focus({ preventScroll: true });
}

// The focus leaves the controls, so that one Enter too many after the last message does not start a new run.
function finish(panel) {
  const isOnControls = panel.querySelector(".controls")?.contains(document.activeElement);
  if (isOnControls) panel.querySelector(".run-status").focus({ preventScroll: true });
}

function lose(recording) {
  for (const part of document.querySelectorAll(".controls, .network, .by-hand, .branch")) part.remove();
  showProblem("This run is gone: it was deleted, or is shared no longer. What is shown here is the last that was seen of it.");
}

function showProblem(text) {
  problem.querySelector("p").textContent = text || "That did not work.";
  problem.hidden = false;
  problem.focus();
}

// Only a form that a person sent may show a problem: a failed poll must not take the focus.
function wasSent(event) {
  return event.detail.requestConfig.verb === "post";
}

function stopPolling(element) {
  element.replaceWith(element.cloneNode(true));
}

document.addEventListener("problem", (event) => showProblem(event.detail || "That moment could not be shown."));
document.body.addEventListener("htmx:responseError", (event) => {
  if (wasSent(event)) showProblem(event.detail.xhr.responseText);
  else if ([404, 410].includes(event.detail.xhr.status)) stopPolling(event.detail.elt);
});
document.body.addEventListener("htmx:sendError", (event) => wasSent(event) && showProblem("The server did not answer. Nothing is lost; try again."));
document.body.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && wasSent(event)) problem.hidden = true;
});

// The buttons in the picture press those of the messages' forms, and open their menus where they are.
function press(link) {
  const pressed = document.getElementById(link.dataset.press);
  if (!pressed) return false;
  if (!pressed.popover) pressed.requestSubmit();
  else {
    const { left, bottom } = link.getBoundingClientRect();
    pressed.showPopover();
    pressed.style.left = `${Math.max(8, Math.min(left, innerWidth - pressed.offsetWidth - 8))}px`;
    pressed.style.top = `${Math.max(8, Math.min(bottom + 6, innerHeight - pressed.offsetHeight - 8))}px`;
  }
  return true;
}

document.addEventListener("click", (event) => {
  // A double click is one click: its second half would ask again, or hit a control that has appeared since. A second
  // click does nothing either where another button has just come under the pointer.
  if (event.detail > 1 && event.target.closest(".controls, .network, .by-hand")) return event.preventDefault();
  const control = event.target.closest(".controls form");
  if (control) {
    const isNew = performance.now() - controlsShownAt < DOUBLE_CLICK;
    const isOther = control.action !== pressedBefore && event.timeStamp - pressedAt < 2 * DOUBLE_CLICK;
    if (event.detail && isNew && isOther) return event.preventDefault();
    [pressedBefore, pressedAt] = [control.action, event.timeStamp];
  }
  const button = event.target.closest("[data-press]");
  wasPressed = Boolean(button) && event.detail === 0;
  if (button && press(button)) return event.preventDefault();
  const moment = event.target.closest("a[data-at]");
  if (!moment || !time || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  time.goToFact(moment.closest("[data-run]"), Number(moment.dataset.at));
}, true);
