// "?" leads to the box, and a new answer gets the focus. Without scripts, the form opens a page.

const box = document.getElementById("question");
const problem = document.getElementById("ask-problem");
const isAnswer = (event) => event.target.id === "answer";

document.addEventListener("keydown", (event) => {
  if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  event.preventDefault();
  box.scrollIntoView({ block: "center" });
  box.focus({ preventScroll: true });
});

// No old answer stands under a new question.
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.target.id === "answer") for (const one of [detail.target, problem]) one.replaceChildren();
});

// The server says why it cannot answer, or rate.
document.addEventListener("htmx:beforeSwap", ({ target, detail }) => {
  const isSaid = target.closest(".ask") && [410, 422, 429].includes(detail.xhr.status);
  if (isSaid) Object.assign(detail, { shouldSwap: true, isError: false });
});

// A model's sentences come one by one, each with links to the quotes that it rests on.
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

for (const failure of ["sendError", "timeout", "responseError"]) {
  document.addEventListener(`htmx:${failure}`, ({ target }) => {
    if (!target.closest(".ask")) return;
    const said = Object.assign(document.createElement("p"), { className: "ask-problem", role: "alert" });
    said.textContent = "The server did not answer. Try again in a moment.";
    const place = target.closest(".rate") ?? problem;
    place.querySelector(".ask-problem")?.remove();
    place.append(said);
  });
}
