// What is chosen in a form outlives a reload, a look at the lesson and a lost tab: this browser keeps it until it is sent.
const key = (path) => `draft:${path}`;

function keep(form) {
  const chosen = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  localStorage.setItem(key(form.getAttribute("action")), JSON.stringify(chosen));
}

function bringBack(form) {
  for (const [name, value] of JSON.parse(localStorage.getItem(key(form.getAttribute("action"))) ?? "[]")) {
    for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (field.type === "radio" || field.type === "checkbox") field.checked ||= field.value === value;
      else field.value = value;
    }
  }
  for (const list of form.querySelectorAll(".quiz-order")) {
    const place = (item) => Number(item.querySelector("select").value);
    if ([...list.children].every(place)) list.append(...[...list.children].sort((one, other) => place(one) - place(other)));
  }
}

function arrive() {
  const form = document.querySelector("form[data-draft]");
  if (form) bringBack(form);
  else localStorage.removeItem(key(location.pathname));
}

try {
  arrive();
  document.addEventListener("htmx:afterSettle", arrive);
  const changed = ({ target }) => target.form?.matches("[data-draft]") && keep(target.form);
  // Ordering tells of itself by "change", typing by "input".
  for (const event of ["change", "input"]) document.addEventListener(event, changed);
} catch {
  // A browser that keeps nothing: the form works as before.
}
