// Runs an action by its name, whoever asks: a key, the palette, a link. Others do theirs on "parley:action".

const last = (selector) => [...document.querySelectorAll(selector)].at(-1);
const reply = "#messages .message[data-role='assistant']";
const isAway = () => Boolean(document.querySelector("#messages > [data-newer]"));

// What is done here, and what has to be there for it.
const OWN = {
  "new-conversation": { there: () => controlOf("new-conversation") ?? document.querySelector(".sidebar__new a"), act: (control) => control.click() },
  "new-temporary": { there: () => byId("tabs"), act: ({ dataset }) => visit(`${dataset.start}?temporary=1`) },
  "focus-composer": { there: () => byId("composer-text"), act: (text) => text.focus() },
  "copy-reply": { there: () => last(`${reply} [data-action="copy"]`), act: (button) => button.click() },
  "copy-code": { there: () => last(`${reply} .code [data-copy]`), act: (button) => button.click() },
  "edit-last": { there: () => last("#messages > .message[data-role='user'] [data-action='edit']"), act: (button) => button.click() },
  regenerate: { there: () => last(reply)?.querySelector("[data-action='regenerate']"), act: (button) => button.click() },
  stop: { there: () => document.querySelector("[data-running]") && (controlOf("stop") ?? document.querySelector("#composer .stop")), act: (button) => button.click() },
  undo: { there: () => last("#toasts .toast .button"), act: (button) => button.click() },
  palette: { there: () => byId("palette"), act: () => tell("parley:palette") },
  shortcuts: { there: () => byId("shortcuts"), act: (dialog) => (dialog.open ? dialog.close() : dialog.showModal()) },
};
// These are about the end of the conversation, which need not be the end of what is loaded of it.
const AT_END = ["copy-reply", "copy-code", "edit-last", "regenerate"];
// These have a listener and need no control of their own.
const ALWAYS = /^(theme-|(next|previous)-conversation$|toggle-sidebar$|filter-list$)/;

/** Whether the action can be done on this page now. */
function isOffered(name) {
  if (/-tab$/.test(name)) return document.querySelectorAll("#tabs .tab").length > 1;
  return Boolean(ALWAYS.test(name) || (isAway() && AT_END.includes(name)) || (OWN[name] ? OWN[name].there() : controlOf(name)));
}

function run(name) {
  const event = new CustomEvent("parley:action", { detail: { name }, cancelable: true });
  if (!document.dispatchEvent(event)) return true;
  if (isAway() && AT_END.includes(name)) {
    document.addEventListener("parley:opened", () => setTimeout(run, 0, name), { once: true });
    tell("parley:newest");
    return true;
  }
  const control = OWN[name] ? OWN[name].there() : controlOf(name);
  if (!control) return false;
  OWN[name] ? OWN[name].act(control) : control.matches("input, textarea, select") ? control.focus() : control.click();
  return true;
}

// Cancelled when it was done, so that the one who asked knows.
document.addEventListener("parley:run", (event) => run(event.detail.name) && event.preventDefault());
document.addEventListener("parley:offer", (event) => isOffered(event.detail.name) && event.preventDefault());
document.addEventListener("click", (event) => {
  const asked = event.target.closest("[data-run]");
  if (asked && !asked.closest("#palette")) run(asked.dataset.run);
});
// The composer's own control chooses the model, whatever it looks like.
document.addEventListener("parley:model", (event) => {
  const { value } = event.detail;
  const control = [...document.querySelectorAll("#composer [name='model']")].find((one) => one.matches("select") || one.value === value);
  if (!control) return;
  if (control.matches("select")) {
    control.value = value;
    control.dispatchEvent(new Event("change", { bubbles: true }));
  } else control.click();
  byId("composer-text")?.focus();
});
