// A message that is put in anew, by an answer or by the socket, keeps the focus on the control that had it.

let held = null; // the message, and which of its controls

const nameOf = (control) => control.dataset.action ?? control.dataset.walk ?? control.getAttribute("aria-label");

document.addEventListener("parley:piece", (event) => {
  const { element } = event.detail;
  const old = element.matches("article[data-message]") && byId(element.id);
  const control = old && old.contains(document.activeElement) && document.activeElement.closest("button, a");
  if (control && !control.closest(".editor")) held = { id: old.id, name: nameOf(control) };
});
document.addEventListener("parley:played", () => {
  const bubble = held && document.activeElement === document.body && byId(held.id);
  if (bubble) [...bubble.querySelectorAll("button, a")].find((control) => nameOf(control) === held.name)?.focus({ preventScroll: true });
  held = null;
});
