// Figures of a lesson that can be played: what arrives in them is followed, and what goes wrong is said there.

import { follow } from "./live.js";
import "./polling.js";

for (const node of document.querySelectorAll("[data-needs-script]")) node.hidden = false;

function say(node, text) {
  const place = node.closest("figure")?.querySelector("[data-problem]");
  if (place) place.hidden = !(place.textContent = text);
}

function on(name, answer) {
  document.body.addEventListener(`htmx:${name}`, ({ target, detail }) => answer(target, detail));
}

on("load", () => follow(({ panel }) => say(panel, "This run was deleted. Play it again.")));
on("afterRequest", (asking, { successful }) => successful && say(asking, ""));
on("sendError", (asking, { requestConfig }) => requestConfig.verb === "post" && say(asking, "The server did not answer. Try again."));
on("responseError", (asking, { xhr, requestConfig }) => {
  if (requestConfig.verb === "get" && xhr.status >= 500) return; // it is asked again
  say(asking, xhr.status < 500 ? xhr.responseText : "That did not work. Try again.");
  if (requestConfig.verb === "get") asking.remove();
});
