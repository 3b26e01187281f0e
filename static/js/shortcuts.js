// Keys to actions. The sheet is the table: what it shows is what works.

const isMac = /Mac|iPhone|iPad/.test(navigator.platform);
const NAMES = { " ": "space", ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };
const SHOWN = { mod: "⌘", alt: "⌥", shift: "⇧" };

function keyOf(event) {
  if (event.key.length > 1 || event.key === " ") return NAMES[event.key] ?? event.key.toLowerCase();
  // With Option a Mac writes other characters; then the place on the keyboard tells.
  const place = /^(?:Key|Digit)(.)$/.exec(event.code)?.[1];
  return (event.altKey && place && !/^[a-z0-9]$/i.test(event.key) ? place : event.key).toLowerCase();
}

/** The keys that are held, as the table writes them; "" while there are only modifiers. */
function keysOf(event) {
  const key = keyOf(event);
  if (["control", "alt", "shift", "meta", "altgraph", "dead", "process", "unidentified"].includes(key)) return "";
  const isSign = key.length === 1 && key.toLowerCase() === key.toUpperCase() && !/\d/.test(key); // Shift made it
  const held = [(isMac ? event.metaKey : event.ctrlKey) && "mod", event.altKey && "alt", event.shiftKey && !isSign && "shift"];
  return [...held.filter(Boolean), key].join("+");
}

const isWriting = (element) => Boolean(element.closest?.("input:not([type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable='true'], [role='menu'], [role='listbox']"));
const isSingle = (keys) => !/^(mod|alt)\+/.test(keys);

/** A dialog keeps the page behind it from being changed; what opened it closes it again. */
function isBehind(name) {
  const open = document.querySelector("dialog[open]");
  return Boolean(open) && open.id !== name;
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.getModifierState("AltGraph")) return;
  const keys = keysOf(event);
  const sheet = byId("shortcuts");
  if (!keys || !sheet || (isSingle(keys) && (isWriting(event.target) || "singleOff" in sheet.dataset))) return;
  const row = [...sheet.querySelectorAll("[data-shortcut]")].find(({ dataset }) => [dataset.keys, dataset.single].includes(keys));
  if (!row || isBehind(row.dataset.shortcut)) return;
  const asked = new CustomEvent("parley:run", { detail: { name: row.dataset.shortcut }, cancelable: true });
  if (!document.dispatchEvent(asked)) event.preventDefault();
});

/** A Mac's keys have signs of their own. */
function showForMac(element) {
  if (!isMac) return;
  for (const kbd of element.querySelectorAll("kbd[data-keys]")) {
    kbd.textContent = kbd.dataset.keys.split("+").map((part) => SHOWN[part] ?? part.toUpperCase()).join("");
  }
}

// In the settings: the field takes the keys that are pressed in it. Tab leaves it as everywhere.
document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.("[data-keys-input]") || event.key === "Tab" || event.key === "Enter" || event.isComposing) return;
  event.preventDefault();
  const input = event.target;
  const keys = keysOf(event);
  if (keys === "escape") input.value = input.defaultValue;
  else if (keys === "backspace" || keys === "delete") input.value = "";
  else if (keys) input.value = keys.split("+").map((part) => (part === "mod" ? (isMac ? "Cmd" : "Ctrl") : part[0].toUpperCase() + part.slice(1))).join("+");
  if (keys && input.value !== input.defaultValue) input.dispatchEvent(new Event("change", { bubbles: true }));
}, true);
document.addEventListener("htmx:load", (event) => event.detail.elt.querySelectorAll && showForMac(event.detail.elt));
showForMac(document);
