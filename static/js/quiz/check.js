const said = (form) => form.querySelector("[data-send-failed]");

// An incomplete form comes back as 422 with its errors marked, and belongs on the page.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.xhr.status === 422) {
    detail.shouldSwap = true;
    detail.isError = false;
  }
});

// Any other refusal has a page of its own: go there plainly, with the button that was pressed, so that it can be read.
document.addEventListener("htmx:responseError", ({ target, detail }) => {
  const form = target.closest("form");
  if (!form) return location.assign(target.href);
  const { name, value } = detail.requestConfig.triggeringEvent?.submitter ?? {};
  if (name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  form.submit();
});

document.addEventListener("htmx:beforeRequest", ({ target }) => {
  const line = said(target);
  if (line) line.hidden = true;
});
document.addEventListener("htmx:sendError", ({ target }) => {
  const line = said(target);
  if (line) line.hidden = false;
  else if (target.href) location.assign(target.href);
});
