// Escape hides a definition until the pointer or the focus leaves it.

addEventListener("keydown", ({ key }) => {
  const term = key === "Escape" && document.querySelector(".term:not([data-shut]):is(:hover, :focus-within)");
  if (!term) return;
  term.dataset.shut = "";
  for (const end of ["pointerleave", "focusout"]) term.addEventListener(end, () => delete term.dataset.shut);
});
