// Menus by keyboard, and the one menu of all messages: fitted to the message that it is opened for.

const ANY = "ffffffff-ffff-ffff-ffff-ffffffffffff"; // stands in the menu's addresses for the message chosen
let chosen = "";
const meant = new WeakMap(); // a press on an entry -> the message that it was for: its request may have to wait

const shownIn = (box, selector) => [...box.querySelectorAll(selector)].filter((one) => one.checkVisibility());

function isFor(entry, bubble, isSheet) {
  const { dataset: needs } = entry;
  if (needs.for && needs.for !== bubble.dataset.role) return false;
  if ("edits" in needs && !("canEdit" in bubble.dataset)) return false;
  if ("editedOnly" in needs && !("edited" in bubble.dataset)) return false;
  return isSheet || !("sheetOnly" in needs);
}

/** `isSheet`: it has all actions, also those that the message's own buttons offer. */
function fit(menu, bubble, isSheet) {
  chosen = bubble.dataset.message;
  const path = byId("conversation")?.dataset.url ?? location.pathname;
  for (const entry of menu.querySelectorAll("[data-action]")) {
    entry.hidden = !isFor(entry, bubble, isSheet);
    if ("message" in entry.dataset) entry.dataset.message = chosen;
    if (entry.href) entry.setAttribute("href", entry.getAttribute("href").replace(/[0-9a-f-]{36}/, chosen));
    if (entry.dataset.copy) entry.dataset.copy = entry.dataset.copy.replace(/[0-9a-f-]{36}/, chosen);
    if ("copyText" in entry.dataset) entry.dataset.copyText = new URL(`${path}?at=${chosen}#m-${chosen}`, location.href).href;
  }
}

/** Opened without a button it stays through the release of the finger, and closes with the next touch. */
function openSheet(bubble) {
  const menu = byId("message-menu");
  if (!menu || menu.matches(":popover-open")) return;
  fit(menu, bubble, true);
  menu.popover = "manual";
  menu.showPopover();
}

/** What has the focus for an entry: a label's field. */
const entriesOf = (menu) => shownIn(menu, ".menu__entry").map((entry) => entry.control ?? entry);

function move(menu, step) {
  const entries = entriesOf(menu);
  const at = entries.indexOf(document.activeElement);
  entries.at(at < 0 && step < 0 ? -1 : (at + step) % entries.length)?.focus();
}

document.addEventListener("beforetoggle", (event) => {
  if (event.target.id !== "message-menu") return;
  if (event.newState === "open" && event.target.popover === "auto") {
    const bubble = document.activeElement?.closest(".message") ?? byId(`m-${chosen}`);
    if (bubble) fit(event.target, bubble, matchMedia("(pointer: coarse)").matches);
  }
}, true);
document.addEventListener("toggle", (event) => {
  const menu = event.target;
  if (!menu.matches?.(".menu")) return;
  if (event.newState === "open") (menu.querySelector(".menu__entry > :checked") ?? entriesOf(menu)[0])?.focus();
  else if (menu.popover === "manual") menu.popover = "auto";
}, true);
// Safari does not focus a button that is clicked, so the button says itself whose it is.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-message-menu]");
  if (button) chosen = button.dataset.messageMenu;
}, true);
document.addEventListener("pointerdown", (event) => {
  const menu = byId("message-menu");
  if (menu?.popover === "manual" && !menu.contains(event.target)) menu.hidePopover();
}, true);
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(".menu") ?? document.querySelector(".menu:popover-open");
  if (!menu) return;
  if (event.key === "Escape" && menu.popover === "manual") menu.hidePopover();
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const end = { Home: 0, End: -1 }[event.key];
  if (step === undefined && end === undefined) return;
  event.preventDefault();
  if (step) move(menu, step);
  else entriesOf(menu).at(end)?.focus();
});
document.addEventListener("htmx:configRequest", ({ detail }) => {
  const id = meant.get(detail.triggeringEvent) ?? chosen;
  // In a column it is the column's model that answers again, as by the button below it.
  const again = detail.path.includes(ANY) && detail.elt.dataset.action === "regenerate" && byId(`m-${id}`)?.querySelector('[data-action="regenerate"][name="model"]');
  if (again) detail.parameters.model = again.value;
  detail.path = detail.path.replace(ANY, id);
});
document.addEventListener("parley:sheet", (event) => openSheet(event.detail));
// Whoever presses an entry of the closed menu, as the palette does, means the last reply.
document.addEventListener("click", (event) => {
  const menu = event.target.closest("#message-menu");
  const bubble = menu && !menu.matches(":popover-open") && [...document.querySelectorAll('.message[data-role="assistant"]')].at(-1);
  if (bubble) fit(menu, bubble, true);
  if (menu) meant.set(event, chosen);
}, true);
