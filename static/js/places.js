// Where a reader was last in each lesson: kept in this browser, offered on coming back, never gone to by itself.

const KEPT = "places";

function places() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
}

// `place` is the heading's link in the list of places; none when there is nothing left to go on with.
export function remember(place) {
  const known = { ...places(), [location.pathname]: place && [place.hash, place.textContent] };
  try {
    localStorage.setItem(KEPT, JSON.stringify(known));
  } catch {} // the browser keeps nothing: so nothing is offered
}

for (const line of document.querySelectorAll("[data-go-on]")) {
  const link = line.querySelector("a");
  const [hash, title] = places()[link.pathname] ?? [];
  if (!hash || (link.pathname === location.pathname && !document.getElementById(hash.slice(1)))) continue;
  link.hash = hash;
  link.textContent = title;
  line.hidden = false;
}
