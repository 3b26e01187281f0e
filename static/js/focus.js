// A message that is put in anew, by an answer or by the socket, keeps the focus on the control that had it.

let held = null; // the message, and which of its controls
let kept = null; // the same, while the whole window is put in anew

const nameOf = (control) => control.dataset.action ?? control.dataset.walk ?? control.getAttribute("aria-label");

function focused() {
  const control = document.activeElement?.closest("#messages .message :is(button, a)");
  return control && !control.closest(".editor") ? { id: control.closest(".message").id, name: nameOf(control) } : null;
}

function giveBack(place) {
  const bubble = place && document.activeElement === document.body && byId(place.id);
  if (bubble) [...bubble.querySelectorAll("button, a")].find((control) => nameOf(control) === place.name)?.focus({ preventScroll: true });
}

document.addEventListener("parley:piece", (event) => {
  const { element } = event.detail;
  const old = element.matches("article[data-message]") && byId(element.id);
  if (old && old.contains(document.activeElement)) held = focused() ?? held;
});
document.addEventListener("parley:played", () => {
  giveBack(held);
  held = null;
});
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id === "conversation" && detail.shouldSwap) kept = focused();
});
document.addEventListener("parley:opened", () => {
  giveBack(kept);
  kept = null;
});
