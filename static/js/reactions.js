// Reactions: one popover to choose an emoji from serves all messages; chips and notes are put in place of old ones.

const picker = () => byId("emoji-picker");
const buttons = () => [...picker().querySelectorAll(".emoji")];
let isHeld = false; // Enter came before the answer to what stands there
let target = ""; // where the emoji that is chosen goes

/** Beside what was pressed; below it where there is room, else above. On a phone the stylesheet has it at the foot. */
function beside(control) {
  const box = picker();
  // A menu that it was in is closed by now: then beside the end of the message.
  const message = byId(`m-${target.split("/").at(-3)}`);
  const from = (control.checkVisibility() || !message ? control : (message.querySelector(".foot") ?? message)).getBoundingClientRect();
  const left = Math.max(8, Math.min(from.left, innerWidth - box.offsetWidth - 8));
  const isAbove = from.bottom + box.offsetHeight + 8 > innerHeight;
  const top = isAbove ? from.top - box.offsetHeight - 4 : from.bottom + 4;
  box.style.left = `${left}px`;
  box.style.top = `${Math.max(8, Math.min(top, innerHeight - box.offsetHeight - 8))}px`;
}

function open(control) {
  const search = picker().querySelector("input");
  target = control.getAttribute("href");
  isHeld = false;
  if (search.value || !buttons().length) {
    search.value = "";
    htmx.trigger(search, "parley:emptied");
  }
  picker().showPopover();
  beside(control);
  search.focus();
}

function choose(emoji) {
  picker().hidePopover();
  htmx.ajax("POST", target, { source: picker().querySelector("[data-frames]"), values: { emoji }, swap: "none" });
}

/** The arrows walk the grid; from the field, down goes into it. */
function walk(event) {
  const all = buttons();
  const at = all.indexOf(document.activeElement);
  if (!all.length || (at < 0 && event.key !== "ArrowDown")) return;
  const columns = getComputedStyle(all[0].parentElement).gridTemplateColumns.split(" ").length;
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns, ArrowUp: -columns };
  const next = at < 0 ? 0 : at + steps[event.key];
  event.preventDefault();
  (next < 0 ? picker().querySelector("input") : (all[next] ?? all[at])).focus();
}

/** As the server told it: where a note stands, and that it is pointed at, is ours. */
function bare(element) {
  const copy = element.cloneNode(true);
  for (const note of copy.querySelectorAll(".note")) for (const name of ["style", "data-active"]) note.removeAttribute(name);
  return copy;
}

/** The same control in what came in its place. */
function refocus(element, focused) {
  const { emoji, action } = focused.dataset;
  const place = byId(focused.closest(".note")?.id ?? "") ?? element;
  const name = focused.getAttribute("aria-label");
  const same = emoji ? `[data-emoji="${emoji}"]` : action ? `[data-action="${action}"]` : name ? `[aria-label="${CSS.escape(name)}"]` : "button, a";
  (place.querySelector(same) ?? element.querySelector("button, a") ?? byId("scroller"))?.focus({ preventScroll: true });
}

document.addEventListener("parley:piece", (event) => {
  const { element } = event.detail;
  const old = element.matches(".reactions, .notes") && byId(element.id);
  if (!old || bare(old).isEqualNode(element)) return; // what one did oneself comes twice
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  old.replaceWith(element);
  htmx.process(element);
  if (focused) refocus(element.hidden ? byId("scroller") : element, focused);
});
document.addEventListener("click", (event) => {
  const control = event.target.closest("[data-action='react'][href]");
  const emoji = event.target.closest("#emoji-picker .emoji");
  if (control && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    open(control);
  } else if (emoji) choose(emoji.dataset.emoji);
});
document.addEventListener("input", ({ target: field }) => {
  if (field.closest("#emoji-picker")) isHeld = false;
});
document.addEventListener("htmx:afterSettle", ({ target: { id } }) => {
  if (id !== "emojis" || !isHeld) return;
  isHeld = false;
  if (picker().matches(":popover-open") && buttons().length) choose(buttons()[0].dataset.emoji);
});
document.addEventListener("keydown", (event) => {
  if (!event.target.closest?.("#emoji-picker")) return;
  const isTyping = event.target.matches("input");
  if (event.key === "Enter" && isTyping && !event.isComposing) {
    event.preventDefault();
    isHeld = byId("emojis").dataset.for !== event.target.value;
    if (!isHeld && buttons().length) choose(buttons()[0].dataset.emoji);
  } else if (event.key.startsWith("Arrow") && !(isTyping && /Left|Right/.test(event.key))) walk(event);
});
