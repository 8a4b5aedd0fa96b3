// Loads the page again when a file behind it has changed, and keeps the place, also over a page of faults.
const { seen } = document.currentScript.dataset;
const { at } = sessionStorage;
addEventListener("load", () => {
  if (document.body.scrollHeight > at) scrollTo(0, at), delete sessionStorage.at;
});
new EventSource("/dev/live/").onmessage = ({ data }) => {
  if (data === seen) return;
  if (scrollY) sessionStorage.at = scrollY;
  location.reload();
};
