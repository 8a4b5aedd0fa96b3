// "?" leads to the box for questions, and a new answer gets the focus. Without scripts, the form opens a page.

const box = document.getElementById("question");
const isAnswer = (event) => event.target.id === "answer";

document.addEventListener("keydown", (event) => {
  if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  event.preventDefault();
  box.scrollIntoView({ block: "center" });
  box.focus({ preventScroll: true });
});

// A question that cannot be answered says why in the place of the answer.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (isAnswer(event) && [422, 429].includes(event.detail.xhr.status)) event.detail.shouldSwap = true;
});

// The sentences of a language model come one by one, each with links to the quotes that it rests on.
async function addModelAnswer(answer) {
  const place = answer.querySelector("[data-model-answer]");
  const text = document.createElement("p");
  const add = (line) => {
    const { text: sentence, cites } = JSON.parse(line);
    text.append(`${sentence} `);
    for (const number of cites) {
      const link = Object.assign(document.createElement("a"), { href: `#quote-${number}`, textContent: `[${number}]` });
      text.append(link, " ");
    }
    place.append(text);
    place.hidden = false;
  };
  try {
    const response = await fetch(answer.dataset.model);
    let rest = "";
    for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + part).split("\n");
      rest = lines.pop();
      lines.forEach(add);
    }
  } catch {} // the quotes stand anyway
}

document.addEventListener("htmx:afterSwap", (event) => {
  if (!isAnswer(event)) return;
  const answer = event.target.querySelector("[data-model]");
  if (answer) addModelAnswer(answer);
  const heading = document.getElementById("answer-title");
  heading?.focus({ preventScroll: true });
  event.target.scrollIntoView({ block: "nearest" });
});

for (const failure of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, ({ target }) => {
    if (!target.closest(".ask")) return;
    document.getElementById("status").textContent = "The server did not answer. Your question is still in the box.";
  });
}
