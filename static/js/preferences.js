// Preferences that show at once: the theme and how code looks. The server keeps them; they are only shown here.

const root = document.documentElement;
let saving = Promise.resolve();
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
  // One after the other, so that the last one is kept; one that never arrives is of this browser only.
  if (themeUrl) saving = saving.then(() => post(themeUrl, new URLSearchParams({ theme }))).catch(() => {});
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
// What was changed and has not arrived goes along when one leaves: htmx would drop what waits.
const unkept = new Map(); // a form of the settings -> its values
const valuesOf = (form) => new URLSearchParams(new FormData(form)).toString();
function keepAll() {
  for (const [form, values] of unkept) post(form.getAttribute("hx-post"), new URLSearchParams(values)).catch(() => {});
  unkept.clear();
}
document.addEventListener("change", ({ target: { form } }) => {
  if (form?.matches(".settings form[hx-trigger^='change']")) unkept.set(form, valuesOf(form));
});
document.addEventListener("htmx:afterRequest", ({ detail: { requestConfig: { elt, formData }, xhr } }) => {
  if (xhr.status && unkept.get(elt) === new URLSearchParams(formData).toString()) unkept.delete(elt);
});
document.addEventListener("htmx:beforeSwap", ({ detail }) => detail.shouldSwap && detail.target.matches("#pane, body") && keepAll());
addEventListener("pagehide", keepAll);
document.addEventListener("htmx:afterSettle", mark);
mark();
