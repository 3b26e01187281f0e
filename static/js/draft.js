// What one has begun to write: kept here at every key, and on the server a moment later. Of the two the newer
// one is shown when a page is loaded; what is being typed is never replaced.

const PAUSE = 700; // milliseconds without a key
const JUST_NOW = 3000; // milliseconds
let askedAt = performance.timeOrigin; // when this page was asked for, or the pane in it
const timers = new WeakMap();
const keyOf = (form) => `parley:draft:${form.dataset.composer}`;
const recordOf = (form) => JSON.parse(load(keyOf(form)) ?? "null");

function contents(form) {
  const body = new URLSearchParams(new FormData(form));
  body.delete("csrfmiddlewaretoken");
  if (form.dataset.composer !== "new") body.delete("model"); // the conversation keeps its own
  return body;
}

function keep(form, isSaved, at = recordOf(form)?.at ?? Date.now()) {
  const { content, message_id: id } = form.elements;
  store(keyOf(form), JSON.stringify({ value: content.value, id: id.value, at, saved: isSaved ? Date.now() : 0, base: form.dataset.draftStamp }), { isFleeting: "temporary" in form.dataset });
}

/** Whether what was typed here goes on from what the server has, or is younger; clocks differ, ages do not. */
function isNewer(mine, { draftStamp, draftAge }) {
  // The page may have been made just before it was saved. A stamp is a time of the server's.
  if (mine.saved && draftStamp && mine.base) return Number(draftStamp) < Number(mine.base);
  if (mine.saved && !draftStamp) return askedAt - mine.saved < JUST_NOW;
  return mine.base === draftStamp || !draftAge || Date.now() - mine.at < Number(draftAge);
}

/** The id goes with the text: after a reload, a retry is still the same message. */
function reconcile(form) {
  form.dataset.saved = contents(form).toString();
  const mine = recordOf(form);
  if (mine && byId(`m-${mine.id}`)) return store(keyOf(form), ""); // it was sent as one left
  if (!mine || !isNewer(mine, form.dataset)) return;
  form.elements.content.value = mine.value;
  form.elements.message_id.value = mine.id;
  if (contents(form).toString() !== form.dataset.saved) schedule(form);
}

function schedule(form) {
  clearTimeout(timers.get(form));
  timers.set(form, setTimeout(save, PAUSE, form));
}

async function save(form, keepalive = false) {
  clearTimeout(timers.get(form));
  const body = contents(form);
  const sent = body.toString();
  if (sent === form.dataset.saved || form.matches(".htmx-request")) return;
  form.dataset.saved = sent;
  body.set("edited_ago", Math.max(0, Date.now() - (recordOf(form)?.at ?? Date.now())));
  const answer = await post(form.dataset.draft, body, { keepalive }).catch(() => null);
  if (form.elements.message_id.value !== body.get("message_id")) return; // it has been sent meanwhile
  if (!form.isConnected && recordOf(form)?.value !== form.elements.content.value) return; // one came back, and typed on
  const refused = answer?.headers.get("X-Refused");
  if (answer?.ok && !refused) {
    form.dataset.draftStamp = answer.headers.get("X-Draft") ?? "";
    keep(form, contents(form).toString() === sent);
    return;
  }
  if (form.dataset.saved === sent) form.dataset.saved = ""; // once more with the next key, or when the line is back
  // Of one that is on its way, or waits to go again, its own answer will tell.
  if (!refused || form.matches("[data-waiting], .htmx-request")) return;
  if (refused === "already-sent" && contents(form).toString() === sent) return empty(form);
  form.elements.message_id.value = newId(); // sent from elsewhere; what has been typed since is another message
  schedule(form);
}

/** What stood here was sent, and is no draft any more. */
function empty(form) {
  form.elements.message_id.value = newId();
  form.elements.content.value = "";
  form.querySelector("#chips").replaceChildren();
  form.dataset.saved = contents(form).toString();
  store(keyOf(form), "");
  tell("parley:sent", form);
  tell("parley:composed", form);
}

/** The very message that stands here was sent from another window: it must not be sent twice. */
function sentElsewhere(id) {
  const form = document.querySelector("[data-composer][data-ready]");
  if (form?.elements.message_id.value !== id || form.matches(".htmx-request")) return;
  const isUnchanged =
    contents(form).toString() === form.dataset.saved || JSON.parse(form.dataset.sent ?? "{}").text === form.elements.content.value;
  if (isUnchanged) empty(form);
  else form.elements.message_id.value = newId();
}

function flush() {
  const form = document.querySelector("[data-composer][data-ready]");
  if (form) save(form, true);
}

document.addEventListener("parley:composer", (event) => reconcile(event.detail));
document.addEventListener("parley:composed", ({ detail: form }) => {
  const isSaved = contents(form).toString() === form.dataset.saved;
  const { value } = form.elements.content;
  if (isSaved && (recordOf(form)?.value ?? value) === value) return;
  keep(form, isSaved, Date.now());
  isSaved ? clearTimeout(timers.get(form)) : schedule(form);
});
document.addEventListener("change", (event) => {
  const form = event.target.matches("#composer-model") && event.target.form;
  if (form) tell("parley:composed", form);
});
document.addEventListener("parley:sent", ({ detail: form }) => {
  clearTimeout(timers.get(form));
  store(keyOf(form), "");
  const isEmpty = !form.elements.content.value && !form.querySelector("[name=attachment_ids]");
  if (isEmpty) form.dataset.saved = contents(form).toString();
  else tell("parley:composed", form);
});
document.addEventListener("parley:piece", ({ detail: { element, own } }) => own || (element.dataset.message && sentElsewhere(element.dataset.message)));
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.target?.id === "pane") askedAt = Date.now();
});
document.addEventListener("htmx:beforeSwap", (event) => event.detail.target.matches("#pane, body") && flush());
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && flush());
addEventListener("pagehide", flush);
addEventListener("online", flush);
