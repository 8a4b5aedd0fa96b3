// Shows one of the sections below the picture at a time; a link to something in another section shows that one.

const main = document.querySelector("[data-views]");

function show(view) {
  for (const other of main.querySelectorAll(".view")) other.classList.toggle("current", other === view);
  for (const link of main.querySelectorAll(".views a")) link.ariaCurrent = link.hash === `#${view.id}` ? "true" : null;
}

function follow(hash) {
  const target = hash.length > 1 && document.getElementById(hash.slice(1));
  const view = target && target.closest("[data-views] .view");
  if (!view) return;
  show(view);
  if (target !== view) target.scrollIntoView();
}

if (main) {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (!link) return;
    if (link.closest(".views")) event.preventDefault();
    follow(link.getAttribute("href"));
  });
  addEventListener("hashchange", () => follow(location.hash));
  follow(location.hash);

  // The picture stays in view, so what is scrolled to has to keep clear of it.
  new ResizeObserver(([{ target }]) => {
    document.documentElement.style.setProperty("--under-picture", `${target.offsetHeight + 8}px`);
  }).observe(document.querySelector(".run > .topology"));
}
