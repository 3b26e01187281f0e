// A message that could not leave waits here, and is sent when the connection is back: as the same message, once.

const FIRST_WAIT = 2000;
const LONGEST_WAIT = 8000;
let timer = 0;
let wait = FIRST_WAIT;

const current = () => document.querySelector("[data-composer][data-waiting]");

function hold({ detail: form }) {
  if (!form.isConnected) return;
  const isChanged = form.elements.content.value !== JSON.parse(form.dataset.sent).text && !("again" in form.dataset);
  if ("kept" in form.dataset || isChanged) {
    delete form.dataset.kept;
    tell("parley:toast", byId("toasts").dataset.unreachable);
    return;
  }
  if (!("waiting" in form.dataset)) byId("composer-error").replaceChildren(byId("waiting").content.cloneNode(true));
  form.dataset.waiting = "";
  clearTimeout(timer);
  timer = setTimeout(again, wait);
  wait = Math.min(LONGEST_WAIT, wait * 1.5);
}

function again() {
  const form = current();
  if (form && !form.querySelector(".send").disabled) form.requestSubmit(form.querySelector(".send"));
}

/** It arrived, was refused, was changed, or is not to be sent after all. */
function release(form) {
  clearTimeout(timer);
  wait = FIRST_WAIT;
  if (!form || !("waiting" in form.dataset)) return;
  delete form.dataset.waiting;
  byId("composer-error").querySelector(".refusal--waiting")?.remove();
}

document.addEventListener("parley:unsent", hold);
document.addEventListener("parley:sent", ({ detail }) => {
  delete detail.dataset.kept;
  release(detail);
});
document.addEventListener("htmx:responseError", ({ detail }) => detail.elt.matches("[data-waiting]") && detail.xhr.status < 500 && release(detail.elt));
document.addEventListener("input", (event) => event.target.id === "composer-text" && release(event.target.form));
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-send-again]")) again();
  if (!event.target.closest("[data-keep-unsent]")) return;
  if (current()?.matches(".htmx-request")) current().dataset.kept = ""; // the attempt that is under way is the last
  release(current());
  byId("composer-text").focus();
});
addEventListener("online", again);
