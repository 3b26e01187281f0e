// Commands while one types: a text that begins with "/" opens the list, and keys walk it. The composer stays in focus.

const NAME = /^\/[\w-]*$/;
const ARGUMENTS = /^\/([A-Za-z][\w-]*)\s[^\n]{0,200}$/;
const PAUSE = 120; // between a key and the question what may follow
// The combobox pattern as a text of several lines may have it: HTML allows it no such role, and with that no aria-expanded.
const RELATED = { "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-controls": "slash-list" };
const fetched = new Map(); // address -> the options that it answers with
let isDismissed = false;
let waiting = 0;
let asked = 0;
let isAsking = false; // which commands there are
let isTabHeld = false; // it was pressed before they had come

const box = () => byId("slash");
const list = () => byId("slash-list");
const field = () => byId("composer-text");
const options = () => [...list().children];
const active = () => list().querySelector('[aria-selected="true"]');

async function ask(address, query) {
  const url = new URL(address, location.href);
  for (const [key, value] of Object.entries({ session: box().dataset.session, ...query })) url.searchParams.set(key, value);
  if (!fetched.has(url.href)) fetched.set(url.href, optionsAt(url));
  const found = await fetched.get(url.href);
  if (!found) fetched.delete(url.href); // the next key asks again
  return (found ?? []).map((option) => document.importNode(option, true));
}

/** Null where the server cannot be reached. */
async function optionsAt(url) {
  const answer = await fetch(url).catch(() => null);
  const html = answer?.ok ? await answer.text().catch(() => null) : null;
  return html === null ? null : [...new DOMParser().parseFromString(html, "text/html").body.children];
}

/** The smaller the better; null where nothing fits. */
function distance(option, typed) {
  const name = option.dataset.name;
  if (name.startsWith(typed)) return typed ? name.length - typed.length : 0;
  if (name.includes(typed)) return 50;
  if (option.querySelector(".slash__detail").textContent.toLowerCase().split(/\W+/).some((word) => word.startsWith(typed))) return 100;
  let at = -1;
  return [...typed].every((letter) => (at = name.indexOf(letter, at + 1)) >= 0) ? 150 : null;
}

function mark(option) {
  for (const one of options()) one.setAttribute("aria-selected", String(one === option));
  if (option) {
    option.scrollIntoView({ block: "nearest" });
    field().setAttribute("aria-activedescendant", option.id);
  } else field().removeAttribute("aria-activedescendant");
}

function show(found, { usage = "", first = true, none = false } = {}) {
  const text = field();
  list().replaceChildren(...found);
  byId("slash-usage").textContent = usage;
  byId("slash-usage").hidden = !usage;
  byId("slash-none").hidden = !none;
  list().hidden = !found.length;
  box().hidden = !(found.length || usage || none);
  if (box().hidden) return close();
  for (const [name, value] of Object.entries(RELATED)) found.length ? text.setAttribute(name, value) : text.removeAttribute(name);
  mark(first ? found[0] : null);
  const words = box().dataset[found.length === 1 ? "one" : found.length ? "many" : "none"].replace("{n}", written(found.length));
  byId("slash-status").textContent = usage && !found.length ? usage : words;
}

function close() {
  clearTimeout(waiting);
  asked += 1;
  isAsking = isTabHeld = false;
  if (!box()) return;
  box().hidden = true;
  list().replaceChildren();
  byId("slash-status").textContent = "";
  for (const name of [...Object.keys(RELATED), "aria-activedescendant"]) field()?.removeAttribute(name);
}

async function refresh() {
  const value = field().value;
  if (!value.startsWith("/")) isDismissed = false;
  if (isDismissed || !(NAME.test(value) || ARGUMENTS.test(value))) return close();
  const mine = (asked += 1);
  isAsking = true;
  const every = await ask(box().dataset.commands);
  if (mine !== asked) return;
  const isHeld = isTabHeld;
  isAsking = isTabHeld = false;
  if (NAME.test(value)) {
    const typed = value.slice(1).toLowerCase();
    const fitting = every.map((option) => [distance(option, typed), option]).filter(([far]) => far !== null);
    const found = fitting.sort(([a], [b]) => a - b).map(([, option]) => option);
    show(found, { none: !found.length });
    if (isHeld) handle("Tab");
    return;
  }
  const command = every.find((option) => option.dataset.name === ARGUMENTS.exec(value)[1].toLowerCase());
  if (!command) return close();
  const usage = `${command.querySelector(".slash__name").textContent.trim()} — ${command.querySelector(".slash__detail").textContent}`;
  if (!("offers" in command.dataset)) return show([], { usage });
  // Of what was offered for the word so far, some may still fit: those stay till the server has answered.
  const word = value.split(/\s/).pop().toLowerCase();
  const still = options().filter((option) => !option.dataset.name && option.textContent.toLowerCase().includes(word));
  show(still, { usage, first: false });
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    const found = await ask(box().dataset.complete, { text: value });
    if (mine === asked) show(found, { usage, first: false });
  }, PAUSE);
}

function choose(option) {
  const text = field();
  text.value = option.dataset.text;
  text.setSelectionRange(text.value.length, text.value.length);
  text.dispatchEvent(new Event("input", { bubbles: true }));
}

function step(key) {
  const every = options();
  const at = every.indexOf(active());
  const steps = { ArrowDown: (at + 1) % every.length, ArrowUp: (at <= 0 ? every.length : at) - 1, Home: 0, End: every.length - 1 };
  mark(every[steps[key]]);
}

/** What the list does with a key; false where the composer shall have it. */
function handle(key) {
  const option = active() ?? (key === "Tab" ? options()[0] : null);
  if (key === "Escape") {
    isDismissed = true;
    close();
  } else if (["ArrowDown", "ArrowUp", "Home", "End"].includes(key) && options().length) step(key);
  // A command that stands there whole is run by Enter; any other is completed first.
  else if (option && ["Enter", "Tab"].includes(key) && (key === "Tab" || option.dataset.text.trim() !== field().value.trim())) choose(option);
  else return false;
  return true;
}

// A quick hand completes before the list is there; a second press leaves the composer as ever.
document.addEventListener("keydown", (event) => {
  if (event.target !== field() || event.key !== "Tab" || event.shiftKey || !isAsking || isTabHeld || !NAME.test(field().value)) return;
  isTabHeld = true;
  event.preventDefault();
});
// Before the composer's own handler, which leaves alone what is prevented here.
document.addEventListener("keydown", (event) => {
  if (event.target !== field() || !box() || box().hidden || event.isComposing || event.keyCode === 229) return;
  if (event.key === "Tab" && event.shiftKey) close(); // or the list would be the next to get the focus
  if (event.shiftKey || event.ctrlKey || event.metaKey || event.altKey || !handle(event.key)) return;
  event.preventDefault();
  event.stopPropagation();
}, true);
document.addEventListener("input", (event) => event.target === field() && box() && !event.isComposing && refresh());
document.addEventListener("compositionend", (event) => event.target === field() && box() && refresh());
document.addEventListener("htmx:beforeRequest", (event) => event.detail.elt.id === "composer" && close());
document.addEventListener("focusout", (event) => event.target === field() && close());
document.addEventListener("focusin", (event) => event.target === field() && box() && field().value.startsWith("/") && refresh());
// The text keeps the focus, and with it a phone its keyboard.
document.addEventListener("pointerdown", (event) => event.target.closest("#slash") && event.preventDefault());
document.addEventListener("click", (event) => {
  const option = event.target.closest("#slash-list > [role=option]");
  if (!option) return;
  field().focus();
  choose(option);
});
