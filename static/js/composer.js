// What one types: it is never lost, never sent twice, and Enter sends it unless an input method is at work.

const REFUSALS = [400, 409, 413, 415, 422, 429]; // the server's words for these are shown as they are
const current = () => document.querySelector("[data-composer]");
const composerOf = (node) => node?.closest?.("[data-composer]");
const textOf = (form) => form.elements.content;
const idsOf = (form) => [...form.querySelectorAll("[name=attachment_ids]")].map((input) => input.value);

function grow(text) {
  if (CSS.supports("field-sizing", "content")) return;
  text.style.blockSize = "auto";
  text.style.blockSize = `${Math.min(text.scrollHeight, innerHeight * 0.4)}px`;
}

/** Shows whether the text can be sent; the limit is told before it is reached. */
function refresh(form) {
  const text = textOf(form);
  const limit = Number(text.dataset.limit);
  const length = text.value.length < limit * 0.9 ? 0 : [...text.value].length;
  const count = form.querySelector(".composer__count");
  const isBlank = !text.value.trim() && !form.querySelector(".chip:not(.chip--refused)");
  form.toggleAttribute("data-blank", isBlank);
  form.querySelector(".send").disabled = isBlank || length > limit;
  count.hidden = length < limit * 0.9;
  count.toggleAttribute("data-over", length > limit);
  if (!count.hidden) count.textContent = `${length.toLocaleString()} / ${limit.toLocaleString()}`;
  grow(text);
}

function prepare(form) {
  if (form.dataset.ready) return;
  form.dataset.ready = "yes";
  form.elements.message_id.value ||= newId();
  tell("parley:composer", form);
  refresh(form);
  if (matchMedia("(hover: hover)").matches && !document.querySelector("dialog[open]")) textOf(form).focus({ preventScroll: true });
}

/** What was sent goes; what was typed and attached since it left stays, for another message. */
function succeed(form) {
  const { text, files } = JSON.parse(form.dataset.sent);
  const { value } = textOf(form);
  textOf(form).value = value.startsWith(text) ? value.slice(text.length).trimStart() : value;
  for (const id of files) form.querySelector(`[data-chip="${id}"]`)?.remove();
  form.elements.message_id.value = newId();
  byId("composer-error")?.replaceChildren();
  tell("parley:sent", form);
  refresh(form);
  textOf(form).focus({ preventScroll: true });
}

function say(words) {
  const refusal = byId("refusal").content.cloneNode(true);
  refusal.querySelector("p").textContent = words;
  byId("composer-error").replaceChildren(refusal);
}

document.addEventListener("input", (event) => {
  const form = composerOf(event.target);
  if (form && event.target === textOf(form)) tell("parley:composed", form);
});
document.addEventListener("parley:composed", (event) => refresh(event.detail));
document.addEventListener("keydown", (event) => {
  const form = composerOf(event.target);
  if (!form || event.target !== textOf(form) || event.defaultPrevented) return;
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  if (!form.querySelector(".send").disabled) form.requestSubmit(form.querySelector(".send"));
});
// A message waits for the files that are on their way; before htmx hears of it.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-composer][data-uploading]")) return;
  event.preventDefault();
  event.stopPropagation();
  form.dataset.waits = "";
  byId("composer-note").textContent = byId("chips").dataset.waits;
}, true);
document.addEventListener("parley:composed", ({ detail: form }) => {
  if (!("waits" in form.dataset) || form.matches("[data-uploading]")) return;
  delete form.dataset.waits;
  byId("composer-note").textContent = "";
  if (form.querySelector(".chip--refused")) say(byId("chips").dataset.refused);
  else if (!form.querySelector(".send").disabled) form.requestSubmit(form.querySelector(".send"));
});
document.addEventListener("htmx:configRequest", (event) => {
  const { elt, parameters } = event.detail;
  if (!elt.matches("[data-composer]")) return;
  parameters.set("queue", String(Boolean(document.querySelector("[data-running]"))));
  elt.dataset.sent = JSON.stringify({ text: textOf(elt).value, files: idsOf(elt) });
});
document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, xhr } = event.detail;
  if (!elt.matches("[data-composer]")) return;
  if (xhr.status >= 200 && xhr.status < 300) succeed(elt);
  else if (!REFUSALS.includes(xhr.status)) say(xhr.status ? elt.dataset.failed : elt.dataset.unreachable);
});
document.addEventListener("click", (event) => {
  const starter = event.target.closest("[data-starter]");
  const form = current();
  if (!starter || !form) return;
  textOf(form).value = starter.dataset.starter;
  tell("parley:composed", form);
  form.requestSubmit(form.querySelector(".send"));
});
document.addEventListener("htmx:load", (event) => event.detail.elt.querySelectorAll?.("[data-composer]").forEach(prepare));
// Once all modules listen.
queueMicrotask(() => document.querySelectorAll("[data-composer]").forEach(prepare));
