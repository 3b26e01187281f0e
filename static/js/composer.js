// What one types: it is never lost, never sent twice, and Enter sends it unless an input method is at work.

const composerOf = (node) => node?.closest?.("[data-composer]");
const textOf = (form) => form.elements.content;
const keyOf = (form) => `parley:draft:${form.dataset.composer}`;

function grow(text) {
  if (CSS.supports("field-sizing", "content")) return;
  text.style.blockSize = "auto";
  text.style.blockSize = `${Math.min(text.scrollHeight, innerHeight * 0.4)}px`;
}

/** Shows whether the text can be sent; the limit is told before it is reached. */
function refresh(form) {
  const text = textOf(form);
  const limit = Number(text.dataset.limit);
  const length = [...text.value].length;
  const count = form.querySelector(".composer__count");
  const isBlank = !text.value.trim() && !form.querySelector(".chip");
  form.toggleAttribute("data-blank", isBlank);
  form.querySelector(".send").disabled = isBlank || length > limit;
  count.hidden = length < limit * 0.9;
  count.toggleAttribute("data-over", length > limit);
  if (!count.hidden) count.textContent = `${length.toLocaleString()} / ${limit.toLocaleString()}`;
  grow(text);
}

function keep(form) {
  const { value } = textOf(form);
  // The id goes with the text: after a reload, a retry is still the same message.
  store(keyOf(form), value && JSON.stringify({ value, id: form.elements.message_id.value }));
}

function prepare(form) {
  if (form.dataset.ready) return;
  form.dataset.ready = "yes";
  const draft = JSON.parse(load(keyOf(form)) ?? "null");
  if (draft && !textOf(form).value) textOf(form).value = draft.value;
  form.elements.message_id.value = draft?.id || newId();
  refresh(form);
  if (matchMedia("(hover: hover)").matches && !document.querySelector("dialog[open]")) textOf(form).focus({ preventScroll: true });
}

function succeed(form) {
  store(keyOf(form), "");
  form.reset();
  form.elements.message_id.value = newId();
  form.querySelector(".composer__chips")?.replaceChildren();
  document.getElementById("composer-error")?.replaceChildren();
  refresh(form);
  textOf(form).focus({ preventScroll: true });
}

function say(form, words) {
  const slot = document.getElementById("composer-error");
  const refusal = document.getElementById("refusal").content.cloneNode(true);
  refusal.querySelector("p").textContent = words;
  slot.replaceChildren(refusal);
  refresh(form);
}

document.addEventListener("input", (event) => {
  const form = composerOf(event.target);
  if (!form || event.target !== textOf(form)) return;
  refresh(form);
  keep(form);
});
document.addEventListener("keydown", (event) => {
  const form = composerOf(event.target);
  if (!form || event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  if (event.defaultPrevented) return; // a completion took it
  if (event.target !== textOf(form)) return;
  event.preventDefault();
  if (!form.querySelector(".send").disabled) form.requestSubmit(form.querySelector(".send"));
});
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt.matches("[data-composer]")) event.detail.parameters.set("queue", String(Boolean(document.querySelector("[data-running]"))));
});
document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, xhr } = event.detail;
  if (!elt.matches("[data-composer]")) return;
  if (xhr.status >= 200 && xhr.status < 300) succeed(elt);
  else if (![400, 409, 413, 415, 422, 429].includes(xhr.status)) say(elt, xhr.status ? elt.dataset.failed : elt.dataset.unreachable);
});
document.addEventListener("click", (event) => {
  const starter = event.target.closest("[data-starter]");
  const form = document.querySelector("[data-composer]");
  if (!starter || !form) return;
  textOf(form).value = starter.dataset.starter;
  refresh(form);
  keep(form);
  form.requestSubmit(form.querySelector(".send"));
});
document.addEventListener("htmx:load", (event) => event.detail.elt.querySelectorAll?.("[data-composer]").forEach(prepare));
document.querySelectorAll("[data-composer]").forEach(prepare);
