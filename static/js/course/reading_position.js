// Stores in this browser where a reader was in each lesson, and offers to go on there.

const KEY = "places";

function places() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

// A browser writes letters of other scripts into an address as numbers.
export const idOf = (hash) => decodeURIComponent(hash.slice(1));

// `place` is the heading's link in the list of places; null when the lesson was read to its end.
export function remember(place) {
  const known = { ...places(), [location.pathname]: place && [place.hash, place.textContent] };
  try {
    localStorage.setItem(KEY, JSON.stringify(known));
  } catch {} // storage is blocked
}

for (const line of document.querySelectorAll("[data-go-on]")) {
  const link = line.querySelector("a");
  const [hash, title] = places()[link.pathname] ?? [];
  if (!hash || (link.pathname === location.pathname && !document.getElementById(idOf(hash)))) continue;
  link.hash = hash;
  link.textContent = title;
  line.hidden = false;
}
