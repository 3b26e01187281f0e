// What one types: it is never lost, never sent twice, and Enter sends it unless an input method is at work.

const REFUSALS = [400, 409, 413, 415, 422, 429]; // the server's words for these are shown as they are
const UNREACHED = [0, 502, 503, 504];
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
  if (!count.hidden) count.textContent = `${written(length)} / ${written(limit)}`;
  grow(text);
}

/** Whether nobody types elsewhere meanwhile, such as into the title. */
const isFree = (form) => form.contains(document.activeElement) || !document.activeElement?.matches("input, textarea, select");

function prepare(form) {
  if (form.dataset.ready) return;
  form.dataset.ready = "yes";
  form.elements.message_id.value ||= newId();
  tell("parley:composer", form);
  refresh(form);
  if (matchMedia("(hover: hover)").matches && !document.querySelector("dialog[open]") && isFree(form)) textOf(form).focus({ preventScroll: true });
}

const submit = (form) => form.requestSubmit(form.querySelector(".send"));

/** What was sent goes; what was typed and attached since it left stays, for another message. */
function succeed(form) {
  const { text, files } = JSON.parse(form.dataset.sent);
  const { value } = textOf(form);
  textOf(form).value = value.startsWith(text) ? value.slice(text.length).trimStart() : value;
  for (const id of files) form.querySelector(`[data-chip="${id}"]`)?.remove();
  form.elements.message_id.value = newId();
  tell("parley:sent", form);
  if (!form.isConnected) return; // one has gone elsewhere meanwhile
  byId("composer-error")?.replaceChildren();
  refresh(form);
  if ("again" in form.dataset && !("leads" in form.dataset) && !form.querySelector(".send").disabled) setTimeout(submit, 0, form);
  if (isFree(form)) textOf(form).focus({ preventScroll: true });
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
  if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return;
  const how = sending(event);
  if (!how) return;
  event.preventDefault();
  if (form.querySelector(".send").disabled) return;
  form.toggleAttribute("data-now", how === "now");
  submit(form);
});

/** As the person chose: Enter sends or makes a line. With one key more, what runs is stopped for it. */
function sending({ shiftKey, ctrlKey, metaKey }) {
  const isMod = ctrlKey || metaKey;
  if (document.documentElement.dataset.sendKey === "mod-enter") return isMod && (shiftKey ? "now" : "next");
  return !shiftKey && (isMod ? "now" : "next");
}

// A message waits for its files, and for the message before it; before htmx hears of it.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-composer]:is([data-uploading], .htmx-request, [data-leads])")) return;
  event.preventDefault();
  event.stopPropagation();
  if (form.matches(".htmx-request, [data-leads]")) {
    if ("leads" in form.dataset || textOf(form).value !== JSON.parse(form.dataset.sent).text) form.dataset.again = "";
    return;
  }
  form.dataset.waits = "";
  byId("composer-note").textContent = byId("chips").dataset.waits;
}, true);
document.addEventListener("parley:composed", ({ detail: form }) => {
  if (!("waits" in form.dataset) || form.matches("[data-uploading]")) return;
  delete form.dataset.waits;
  form.querySelector(".composer__note").textContent = "";
  if (!form.isConnected) return; // it stays a draft
  if (form.querySelector(".chip--refused")) say(byId("chips").dataset.refused);
  else if (!form.querySelector(".send").disabled) submit(form);
});
document.addEventListener("htmx:configRequest", (event) => {
  const { elt, parameters } = event.detail;
  if (!elt.matches("[data-composer]")) return;
  parameters.set("queue", String(Boolean(document.querySelector("[data-running]"))));
  parameters.set("now", String(elt.hasAttribute("data-now")));
  elt.removeAttribute("data-now");
  elt.dataset.sent = JSON.stringify({ text: textOf(elt).value, files: idsOf(elt) });
});
document.addEventListener("htmx:afterRequest", (event) => {
  const { xhr, requestConfig: { elt } } = event.detail; // which may be on the page no more
  if (!elt.matches("[data-composer]")) return;
  const isUnreached = UNREACHED.includes(xhr.status);
  // The socket may have told of it, where its own answer was lost.
  const hasArrived = isUnreached && byId(`m-${elt.elements.message_id.value}`);
  const place = elt.isConnected && xhr.getResponseHeader("HX-Location");
  if (place) elt.dataset.leads = JSON.parse(place).path; // see first.js
  if (hasArrived || (xhr.status >= 200 && xhr.status < 300)) succeed(elt);
  else if (!elt.isConnected) return;
  else if (isUnreached) tell("parley:unsent", elt);
  else if (!REFUSALS.includes(xhr.status)) say(elt.dataset.failed);
  else if (xhr.getResponseHeader("X-Refused") === "id-reused") {
    // An earlier text arrived, though we never heard of it; this one is another message.
    elt.elements.message_id.value = newId();
    setTimeout(submit, 0, elt);
  }
  if (!place) delete elt.dataset.again;
});
document.addEventListener("click", (event) => {
  const starter = event.target.closest("[data-starter]");
  const form = current();
  if (!starter || !form) return;
  textOf(form).value = starter.dataset.starter;
  tell("parley:composed", form);
  submit(form);
});
document.addEventListener("htmx:load", (event) => event.detail.elt.querySelectorAll?.("[data-composer]").forEach(prepare));
// Once all modules listen.
queueMicrotask(() => document.querySelectorAll("[data-composer]").forEach(prepare));
