// Loads the page again when a file behind it has changed, and keeps the place.
const { seen } = document.currentScript.dataset;
const { at } = sessionStorage;
const back = () => {
  if (document.body.scrollHeight > at) scrollTo(0, at), delete sessionStorage.at;
};
addEventListener("load", () => setTimeout(back)); // after the browser's own
new EventSource("/dev/live/").onmessage = ({ data }) => {
  if (data === seen) return;
  if (scrollY) sessionStorage.at = scrollY;
  location.reload();
};
