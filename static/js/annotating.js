// Writing a note: on what is selected, else on the whole message. What was typed stays until it is saved.

const SETTLED = 250; // a selection grows while a finger or the mouse is still at it
let marked = null; // {id, passage, range}: what was selected last
let chosen = null; // what the note that is being written is about
let timer = 0;

const button = () => byId("mark-selection");
const keyOf = (form) => `parley:note:${form.dataset.noteDraft}`;

/** What is selected, if it lies within one message that is complete. */
function selected() {
  const selection = getSelection();
  if (selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const body = elementOf(range.startContainer).closest(".message__body");
  const message = body?.closest("[data-message]");
  if (!message || /pending|streaming/.test(message.dataset.status)) return null;
  // A triple click ends at the start of what follows.
  if (!body.contains(range.endContainer) && range.endOffset > 0) return null;
  const passage = passages.describe(body, range);
  return passage && { id: message.dataset.message, passage, range: range.cloneRange() };
}

const elementOf = (node) => (node.nodeType === Node.ELEMENT_NODE ? node : node.parentElement);

function show() {
  const found = selected();
  if (found) marked = found;
  else if (getSelection().isCollapsed && getSelection().anchorNode && byId("messages")?.contains(getSelection().anchorNode)) marked = null;
  button().hidden = !found || Boolean(document.querySelector("dialog[open]"));
  if (!button().hidden) place(found.range);
}

/** Below the selection's end, where neither a finger nor the system's own menu is. */
function place(range) {
  const box = [...range.getClientRects()].at(-1) ?? range.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = button();
  const top = box.bottom + (matchMedia("(pointer: coarse)").matches ? 28 : 6);
  button().style.left = `${Math.max(8, Math.min(box.right - width / 2, innerWidth - width - 8))}px`;
  button().style.top = `${Math.max(8, Math.min(top, innerHeight - height - 8))}px`;
}

function annotate(id, url) {
  chosen = marked?.id === id ? marked : null;
  button().hidden = true;
  htmx.ajax("GET", url, { target: "#dialog-body", swap: "innerHTML" });
}

function prepare(form) {
  const draft = load(keyOf(form));
  if (draft) form.elements.body.value = draft;
  if (chosen && form.elements.quote) {
    for (const [name, value] of Object.entries(chosen.passage)) form.elements[name].value = value;
    const shown = form.querySelector("[data-quote-shown]");
    shown.textContent = chosen.passage.quote;
    shown.hidden = false;
    tell("parley:passage", chosen.range);
  }
  form.elements.body.focus();
}

document.addEventListener("selectionchange", () => {
  clearTimeout(timer);
  timer = setTimeout(show, SETTLED);
});
document.addEventListener("scroll", () => !button().hidden && marked && place(marked.range), { capture: true, passive: true });
document.addEventListener("pointerdown", (event) => event.target.closest("#mark-selection") && event.preventDefault()); // the selection stays
document.addEventListener("click", (event) => {
  const control = event.target.closest("[data-action='annotate'], [data-action='report']");
  if (event.target.closest("#mark-selection")) {
    if (marked) annotate(marked.id, button().dataset.url.replace(button().dataset.none, marked.id));
  } else if (control?.href && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    const url = control.getAttribute("href");
    if (control.dataset.action === "annotate") annotate(url.split("/").at(-3), url);
    else htmx.ajax("GET", url, { target: "#dialog-body", swap: "innerHTML" });
  }
});
document.addEventListener("htmx:afterSwap", (event) => {
  const form = event.detail.target?.id === "dialog-body" && event.detail.target.querySelector("[data-note-draft]");
  if (form) queueMicrotask(() => prepare(form)); // once the dialog is open
});
document.addEventListener("input", (event) => {
  const form = event.target.closest?.("dialog [data-note-draft]");
  if (form) store(keyOf(form), form.elements.body.value, { isFleeting: isTemporary() });
});
document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, xhr, requestConfig } = event.detail;
  if (!elt.matches("[data-note-draft]") || requestConfig.verb !== "post" || xhr.status < 200 || xhr.status >= 300) return;
  store(keyOf(elt), "");
  marked = null;
  getSelection().removeAllRanges();
});
byId("dialog")?.addEventListener("close", () => {
  chosen = null;
  tell("parley:passage", null);
});
