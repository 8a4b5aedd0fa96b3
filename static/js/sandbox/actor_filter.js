// Hides what one actor does not see, and the journal's lines that a filter excludes. Nothing is removed from the page.

export function focusOn(panel, recording) {
  const actorFilter = panel.querySelector("[data-actor-filter]");
  const filters = [...panel.querySelectorAll("[data-filter]")];
  const sees = (node, actor) => !actor || node.dataset.actors.split(" ").includes(actor);

  const passes = ({ dataset }, { value, dataset: { filter } }) => !value || (dataset[filter] ?? "").split(" ").includes(value);

  function apply() {
    const actor = actorFilter?.value ?? "";
    for (const node of panel.querySelectorAll("[data-actors]")) node.classList.toggle("unseen", !sees(node, actor));
    for (const line of panel.querySelectorAll("#journal > li")) line.hidden = !filters.every((filter) => passes(line, filter));
  }

  for (const choice of [actorFilter, ...filters].filter(Boolean)) choice.addEventListener("change", apply);
  let next = 0;
  function soon() {
    if (actorFilter?.value || filters.some(({ value }) => value)) next ||= requestAnimationFrame(() => (apply(), (next = 0)));
  }
  recording.addEventListener("shown", soon);
  recording.addEventListener("put", soon);
  soon();
}
