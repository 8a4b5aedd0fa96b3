// The live view: applies frames from the server to the page. Every frame is rendered there; nothing is decided here.

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;
const SILENCE = 40_000;
const DOUBLE_CLICK = 500;

const run = document.getElementById("run");
const status = document.getElementById("status");
const offline = document.getElementById("offline");
const problem = document.getElementById("problem");
const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
let seq = Number(run.dataset.seq);
let ended = "ended" in run.dataset;
let pause = FIRST_PAUSE;
let source = null;
let watchdog = 0;
let controlsSince = -DOUBLE_CLICK;

function put({ id, into, html }) {
  const fresh = document.createRange().createContextualFragment(html).firstElementChild;
  fresh.querySelectorAll("[name=csrfmiddlewaretoken]").forEach((field) => (field.value = token));
  const old = document.getElementById(id);
  if (!old) {
    document.getElementById(into).append(fresh);
  } else {
    const hadFocus = old.contains(document.activeElement);
    old.replaceWith(fresh);
    if (hadFocus) (fresh.querySelector("button, a") ?? fresh).focus({ preventScroll: true });
  }
  window.htmx?.process(fresh);
  if (id === "controls") controlsSince = performance.now();
}

function announce() {
  const words = document.querySelector("#headline").innerText.replaceAll(/\s+/g, " ");
  if (status.textContent !== words) status.textContent = words;
}

function show(frame) {
  if (frame.seq < seq) return;
  seq = frame.seq;
  frame.parts.forEach(put);
  announce();
  if (frame.ended) finish();
}

// One Enter too many, after the last message is delivered, starts no new run: the focus goes to how it has ended.
function finish() {
  ended = true;
  close();
  const isOnControls = document.getElementById("controls").contains(document.activeElement);
  if (isOnControls) document.getElementById("headline").focus({ preventScroll: true });
}

function close() {
  clearTimeout(watchdog);
  source?.close();
  source = null;
}

function listen() {
  clearTimeout(watchdog);
  watchdog = setTimeout(again, SILENCE);
}

function open() {
  if (ended || source || document.hidden) return;
  source = new EventSource(`${run.dataset.live}?after=${seq}`);
  listen();
  source.onmessage = (event) => {
    pause = FIRST_PAUSE;
    listen();
    show(JSON.parse(event.data));
  };
  source.addEventListener("here", () => {
    pause = FIRST_PAUSE;
    offline.hidden = true;
    listen();
  });
  source.addEventListener("end", again);
  source.onerror = lose;
}

function lose() {
  if (pause > FIRST_PAUSE) offline.hidden = false;
  again();
}

// The browser's own reconnection gives up after an error status, so the connection is made anew, from the last fact seen.
function again() {
  close();
  setTimeout(open, pause * (0.75 + Math.random() / 2));
  pause = Math.min(pause * 2, LONGEST_PAUSE);
}

function complain(text) {
  problem.querySelector("p").textContent = text;
  problem.hidden = false;
  problem.focus();
}

document.body.addEventListener("htmx:responseError", (event) => complain(event.detail.xhr.responseText || "That did not work."));
document.body.addEventListener("htmx:sendError", () => complain("The server did not answer. Nothing is lost; try again."));
document.body.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) problem.hidden = true;
});
// The second half of a double click lands on whatever stands there by then. It was not meant for that.
document.addEventListener("click", (event) => {
  const isNew = performance.now() - controlsSince < DOUBLE_CLICK;
  if (event.detail > 1 && isNew && event.target.closest("#controls")) event.preventDefault();
}, true);
document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
open();
