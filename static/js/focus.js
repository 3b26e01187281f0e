// A message that is put in anew, by an answer or by the socket, keeps the focus on the control that had it,
// or near it where that one has gone.

const NEAR = ".column__keep, .foot button:not(:disabled)";
let held = null; // the message, which of its controls, and where it stands
let kept = null; // the same, while the whole window is put in anew

const nameOf = (control) => control.dataset.action ?? control.dataset.walk ?? control.getAttribute("aria-label");

function focused() {
  const control = document.activeElement?.closest("#messages :is(.message, .lineup) :is(button, a)");
  if (!control || control.closest(".editor")) return null;
  const row = control.closest(".message, .lineup");
  return { id: row.id, name: nameOf(control), depth: row.dataset.depth };
}

function giveBack(place) {
  if (!place || document.activeElement !== document.body) return;
  const row = byId(place.id) ?? document.querySelector(`#messages > [data-depth="${place.depth}"]`);
  const same = place.name && row && [...row.querySelectorAll("button, a")].find((control) => nameOf(control) === place.name);
  (same ?? row?.querySelector(NEAR) ?? byId("scroller"))?.focus({ preventScroll: true });
}

document.addEventListener("parley:piece", (event) => {
  if (event.detail.element.matches("article[data-message], [data-lineup]")) held = focused() ?? held;
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
