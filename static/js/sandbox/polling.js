// Elements that poll the server do so less often while it does not answer, and the page says so.

import { Backoff } from "./backoff.js";

const offline = document.getElementById("offline");
const backoff = new Backoff((isLost) => offline && (offline.hidden = !isLost));
let resumesAt = 0;

function polls({ detail }) {
  return detail.requestConfig.elt.getAttribute("hx-trigger")?.startsWith("every");
}

function wait(event) {
  if (polls(event)) resumesAt = performance.now() + backoff.fail();
}

const { body } = document;
body.addEventListener("htmx:beforeRequest", (event) => polls(event) && performance.now() < resumesAt && event.preventDefault());
body.addEventListener("htmx:sendError", wait);
body.addEventListener("htmx:timeout", wait);
body.addEventListener("htmx:responseError", (event) => event.detail.xhr.status >= 500 && wait(event));
body.addEventListener("htmx:afterRequest", ({ detail }) => detail.successful && backoff.succeed());
