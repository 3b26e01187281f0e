// A message that is being edited: what is typed survives a failed save and a reload, and the focus goes where it belongs.

const PREFIX = "parley:edit:";
const SEEN = "parley:edit-of:"; // the version that the text was typed over: somebody may have changed it since
let edited = ""; // whose editor was left last
let walked = null; // the alternatives that one goes through: at which depth, in which direction

const editors = () => document.querySelectorAll(".editor[data-edit]:not([data-ready])");

function prepare(form) {
  form.dataset.ready = "";
  const text = form.elements.content;
  const draft = load(PREFIX + form.dataset.edit);
  form.dataset.saved = text.value;
  if (draft && draft !== text.value) {
    text.value = draft;
    form.elements.version.value = load(SEEN + form.dataset.edit) || form.elements.version.value;
    form.querySelector(".editor__restored").hidden = false;
  }
  const { activeElement } = document;
  if (activeElement?.matches("#composer-text") && activeElement.value) return; // one writes there
  text.focus();
  text.setSelectionRange(text.value.length, text.value.length);
}

function leave(form) {
  edited = form.dataset.edit;
  store(PREFIX + edited, "");
  store(SEEN + edited, "");
}

/** Edits that a reload or a lost page cut off are open again where their message is. */
function reopen() {
  for (const key of [...Object.keys(localStorage), ...Object.keys(sessionStorage)]) {
    const id = key.startsWith(PREFIX) ? key.slice(PREFIX.length) : "";
    const bubble = id && byId(`m-${id}`);
    if (bubble && "canEdit" in bubble.dataset) htmx.ajax("GET", `/messages/${id}/edit/`, { source: bubble, target: bubble, swap: "outerHTML" });
  }
}

function settle() {
  editors().forEach(prepare);
  const isFree = document.activeElement === document.body || !document.activeElement;
  if (edited && isFree) byId(`m-${edited}`)?.querySelector("[data-message-menu]")?.focus({ preventScroll: true });
  if (edited && !byId(`m-${edited}`)?.querySelector(".editor")) edited = "";
}

document.addEventListener("input", (event) => {
  const form = event.target.closest?.(".editor[data-edit]");
  if (!form) return;
  const isFleeting = isTemporary();
  store(PREFIX + form.dataset.edit, event.target.value, { isFleeting });
  store(SEEN + form.dataset.edit, [...form.querySelectorAll("[name=version]")].at(-1).value, { isFleeting });
});
document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.(".editor[data-edit]");
  if (!form || event.isComposing) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(form.querySelector(".button--main"));
  // What was typed is not thrown away by a key.
  if (event.key === "Escape" && event.target.value === form.dataset.saved) form.querySelector("[data-cancel]").click();
});
document.addEventListener("click", (event) => {
  const form = event.target.closest("[data-cancel]")?.closest(".editor");
  if (form) leave(form);
  const walk = event.target.closest("[data-walk]");
  if (walk) walked = { depth: walk.closest(".message").dataset.depth, way: walk.dataset.walk };
});
document.addEventListener("htmx:afterRequest", (event) => {
  const { xhr, requestConfig } = event.detail;
  const form = requestConfig.elt.closest?.(".editor[data-edit]"); // which is not on the page any more
  if (form && requestConfig.verb === "post" && xhr.status >= 200 && xhr.status < 300) leave(form);
  settle();
});
document.addEventListener("htmx:afterSettle", (event) => {
  settle();
  if (event.detail.elt?.id === "conversation" || event.detail.elt?.id === "pane") reopen();
  const bubble = walked && event.detail.elt?.id === "conversation" && document.querySelector(`.message[data-depth="${walked.depth}"]`);
  if (!bubble) return;
  const same = bubble.querySelector(`[data-walk="${walked.way}"]:not(:disabled)`);
  (same ?? bubble.querySelector("[data-walk]:not(:disabled)"))?.focus({ preventScroll: true });
  walked = null;
});
document.addEventListener("parley:played", settle);
reopen();
