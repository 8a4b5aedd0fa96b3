// Switches between the system's theme, light and dark. The server reads the cookie, so that no page flashes.

const SCHEMES = { system: "light dark", light: "light", dark: "dark" };
const root = document.documentElement;

function show(theme) {
  root.dataset.theme = theme;
  document.querySelector("meta[name=color-scheme]").content = SCHEMES[theme];
}

document.querySelector("[data-theme-switch]").addEventListener("click", ({ currentTarget }) => {
  const themes = Object.keys(SCHEMES);
  const theme = themes[(themes.indexOf(root.dataset.theme) + 1) % themes.length];
  document.cookie = `theme=${theme};path=/;max-age=31536000;samesite=lax`;
  show(theme);
  document.getElementById("status").textContent = currentTarget.innerText;
});

// A page from the back-forward cache may be older than the choice.
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) show(/\btheme=(light|dark)\b/.exec(document.cookie)?.[1] ?? "system");
});
