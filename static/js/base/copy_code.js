// Adds a button to each block of code that copies it, where the browser lets scripts write to the clipboard.

for (const block of navigator.clipboard ? document.querySelectorAll("[data-copy]") : []) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button small copy";
  button.textContent = "Copy";
  button.lang = "en";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(block.querySelector("pre").textContent);
      document.getElementById("status").textContent = "Code copied";
    } catch {} // not allowed: the code can still be selected
  });
  block.append(button);
}
