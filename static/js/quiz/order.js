// Items are ordered by drag or by button; the places in their selects are sent.
document.documentElement.classList.add("can-order");

// The neighbours move, not the item: so it keeps its focus.
const up = (item) => item.previousElementSibling && item.after(item.previousElementSibling);
const down = (item) => item.nextElementSibling && item.before(item.nextElementSibling);

function settle(item) {
  const items = [...item.parentElement.children];
  items.forEach((one, at) => (one.querySelector("select").value = at + 1));
  item.querySelector("select").dispatchEvent(new Event("change", { bubbles: true }));
  const name = item.querySelector(".quiz-item-text").textContent;
  document.querySelector("#status").textContent = `${name}: place ${items.indexOf(item) + 1} of ${items.length}`;
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-move]");
  const item = button?.closest("li");
  if (!item) return;
  (button.dataset.move === "up" ? up : down)(item);
  settle(item);
});

document.addEventListener("pointerdown", (event) => {
  const { target, pointerType, button } = event;
  const item = target.closest(pointerType === "mouse" ? ".quiz-item" : ".quiz-grip")?.closest("li");
  if (!item || button || target.closest("button")) return;
  event.preventDefault();
  item.classList.add("is-dragged");
  const end = new AbortController();
  const on = (name, act) => document.addEventListener(name, act, { signal: end.signal });
  on("pointermove", ({ clientY }) => {
    const { top, bottom } = item.getBoundingClientRect();
    if (clientY < top) up(item);
    else if (clientY > bottom) down(item);
  });
  const drop = () => {
    end.abort();
    item.classList.remove("is-dragged");
    settle(item);
  };
  on("pointerup", drop);
  on("pointercancel", drop);
});
