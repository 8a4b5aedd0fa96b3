// Plays the figures of a lesson: follows the runs that arrive in them. Shows problems there, and with its questions.

import { follow } from "./live.js";
import "./polling.js";

function showProblem(node, text) {
  const place = node.closest("figure, .self-check")?.querySelector("[data-problem]");
  if (place) place.hidden = !(place.textContent = text);
}

function on(name, handle) {
  document.body.addEventListener(`htmx:${name}`, ({ target, detail }) => handle(target, detail));
}

on("load", () => follow(({ panel }) => showProblem(panel, "This run was deleted. Play it again.")));
on("afterRequest", (element, { successful }) => successful && showProblem(element, ""));
on("sendError", (element, { requestConfig }) => requestConfig.verb === "post" && showProblem(element, "The server did not answer. Try again."));
on("responseError", (element, { xhr, requestConfig }) => {
  if (requestConfig.verb === "get" && xhr.status >= 500) return; // polling.js repeats it
  showProblem(element, xhr.status < 500 ? xhr.responseText : "That did not work. Try again.");
  if (requestConfig.verb === "get") element.remove();
});
