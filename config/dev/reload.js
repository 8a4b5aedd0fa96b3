// Loads the page again when a file behind it has changed; the browser keeps the place.
const { seen } = document.currentScript.dataset;
new EventSource("/dev/live/").onmessage = ({ data }) => data === seen || location.reload();
