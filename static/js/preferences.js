// Preferences that show at once: the theme and how code looks. The server keeps them; they are only shown here.

const root = document.documentElement;
const PAPER = { light: "#f9fbfb", dark: "#141a1d" };

function showTheme(theme) {
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
  store("parley:theme", theme);
  mark();
}

/** The window's frame and the switches follow the theme. */
function mark() {
  const theme = root.dataset.theme ?? "";
  for (const control of document.querySelectorAll("[data-theme-choice]")) {
    const isChosen = control.dataset.themeChoice === theme;
    if (control.matches("input")) control.checked = isChosen;
    else control.setAttribute("aria-pressed", String(isChosen));
  }
  for (const meta of document.querySelectorAll("meta[name='theme-color']")) {
    meta.content = PAPER[theme || (meta.media.includes("dark") ? "dark" : "light")];
  }
}

function choose(theme) {
  showTheme(theme);
  const { themeUrl } = root.dataset;
  if (themeUrl) post(themeUrl, new URLSearchParams({ theme })).catch(() => {}); // then it is of this browser only
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-theme-choice]");
  if (button) choose(button.dataset.themeChoice);
});
document.addEventListener("change", (event) => {
  const { target } = event;
  if (target.matches("input[data-theme-choice]")) showTheme(target.dataset.themeChoice);
  else if (target.matches("[data-root]")) root.toggleAttribute(target.dataset.root, target.checked);
  else if (target.name === "send_key" || target.name === "announce") root.dataset[target.name === "announce" ? "announce" : "sendKey"] = target.value;
});
document.addEventListener("parley:action", (event) => {
  const theme = /^theme-(light|dark|system)$/.exec(event.detail.name)?.[1];
  if (!theme) return;
  event.preventDefault();
  choose(theme === "system" ? "" : theme);
});
document.addEventListener("htmx:afterSettle", mark);
mark();
