// Questions before what takes away, dialogs that the server fills, toasts, and failures that no form can show.

const TOAST_FOR = 10_000;

document.addEventListener("htmx:confirm", (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  const dialog = byId("confirm");
  // What people wrote stands in no attribute of htmx: a question that names something has one of its own.
  byId("confirm-question").textContent = event.detail.elt.dataset.question ?? event.detail.question;
  byId("confirm-yes").textContent = event.detail.elt.dataset.yes ?? dialog.dataset.yes;
  dialog.returnValue = "";
  dialog.addEventListener("close", () => dialog.returnValue === "yes" && event.detail.issueRequest(true), { once: true });
  dialog.showModal();
});

// What the server puts into the dialog opens it; an answer without content closes it.
let opener = null;
document.addEventListener("htmx:afterSwap", (event) => {
  const dialog = byId("dialog");
  if (event.detail.target?.id !== "dialog-body" || dialog.open) return;
  opener = document.activeElement;
  dialog.showModal();
});
// What led to it may have been put in anew below it: the focus goes back to the one that stands there now.
byId("dialog").addEventListener("close", () => {
  const { activeElement } = document; // in the dialog still, where what led to it has gone
  const isLost = activeElement === document.body || byId("dialog").contains(activeElement);
  if (opener && !opener.isConnected && isLost) (byId(opener.id) ?? byId("scroller"))?.focus({ preventScroll: true });
});
document.addEventListener("htmx:afterRequest", (event) => {
  const { status } = event.detail.xhr; // 0: it never arrived, and can be tried again
  if (status >= 200 && status < 300 && event.detail.requestConfig.verb === "post" && !event.detail.requestConfig.elt.matches("[data-stays]")) {
    event.detail.elt.closest("dialog")?.close();
    event.detail.elt.closest(".toast")?.remove();
  }
});

// Browsers without invoker commands get them here.
if (!("commandForElement" in HTMLButtonElement.prototype)) {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[commandfor]");
    const dialog = button && byId(button.getAttribute("commandfor"));
    if (!dialog) return;
    if (button.getAttribute("command") === "show-modal") dialog.showModal();
    else dialog.close();
  });
}
// A text that is selected out of a dialog ends on the veil, and is no press on it.
let pressed = null;
document.addEventListener("pointerdown", (event) => (pressed = event.target), true);
document.addEventListener("click", (event) => {
  if (event.target.matches("dialog") && pressed === event.target) event.target.close(); // the veil
  const menu = event.target.closest("[popover].menu");
  if (menu && event.target.closest(".menu__entry")) menu.hidePopover();
  if (event.target.closest("dialog a[hx-target='#pane']")) event.target.closest("dialog").close(); // the page it leads to is behind it
  if (event.target.closest(".sidebar a[hx-get]")) byId("sidebar").matches(":popover-open") && byId("sidebar").hidePopover();
  if (event.target.closest("[data-dismiss]")) event.target.closest(".toast, .refusal").remove();
});

function toast(words) {
  const element = byId("toast").content.cloneNode(true);
  element.querySelector("p").textContent = words;
  byId("toasts").append(element);
}
document.addEventListener("parley:toast", (event) => toast(event.detail));

// A toast leaves by itself, but not from under a hand or a reader.
const watch = (element) => {
  const leave = () => (element.matches(":hover, :focus-within") ? setTimeout(leave, 2000) : element.remove());
  setTimeout(leave, TOAST_FOR);
};
new MutationObserver((changes) => {
  for (const node of changes.flatMap((change) => [...change.addedNodes])) if (node.nodeType === 1) watch(node);
}).observe(byId("toasts"), { childList: true });
[...byId("toasts").children].forEach(watch);

const isComposer = (event) => event.detail.elt.matches("[data-composer]");
document.addEventListener("htmx:sendError", (event) => isComposer(event) || toast(byId("toasts").dataset.unreachable));
document.addEventListener("htmx:responseError", (event) => {
  if (isComposer(event) || [400, 409, 412, 413, 415, 422, 429].includes(event.detail.xhr.status)) return;
  const refused = event.detail.xhr.getResponseHeader("X-Refused") && event.detail.xhr.responseText; // with no place on this page
  if (refused) toast(new DOMParser().parseFromString(refused, "text/html").body.textContent.trim());
  else toast(event.detail.xhr.status === 404 ? byId("toasts").dataset.gone : byId("toasts").dataset.failed);
});
