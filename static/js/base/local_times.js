// Writes each time in the reader's zone: before the one in UTC that the server has written, or instead of it.

const local = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

function localise() {
  for (const time of document.querySelectorAll("time[data-utc]")) {
    const at = new Date(time.dateTime);
    if (time.dataset.utc === "replace") time.textContent = local.format(at);
    else if (at.getTimezoneOffset()) time.prepend(`${local.format(at)} `);
    time.removeAttribute("data-utc");
  }
}

localise();
document.body.addEventListener("htmx:load", localise);
