// The loaded part of a conversation is a window: pages come in at either end, and what is far away is let go.

const BUDGET = 2200; // elements of the page, which may have 3,000: another page of messages must fit in
const FAR = 2; // screens from what is on the screen; nearer than that nothing goes
const RUNNING = ".message:is([data-status='pending'], [data-status='streaming'])";
let isDue = false;
let isGoingUp = false; // where the last page came in

const screen = () => byId("scroller").getBoundingClientRect();

/** The way to what is beyond this end, made anew; `edge` is the message that is now the last on that side. */
function endOf(kind, edge) {
  const link = byId(`${kind}-end`).content.querySelector("a").cloneNode(true);
  for (const name of ["href", "hx-get"]) link.setAttribute(name, link.getAttribute(name).replace(ZERO_ID, edge.dataset.message));
  return link;
}

/** Never from under somebody's hands: an editor, a running reply, keyboard focus, a selection, something open. */
function isHeld(bubble) {
  const selection = getSelection();
  return (
    bubble.matches(RUNNING) ||
    Boolean(bubble.querySelector(`${RUNNING}, .editor, :focus-visible, dialog[open], :popover-open`)) ||
    (!selection.isCollapsed && selection.containsNode(bubble, true))
  );
}

/** The messages at one end that may go, the outermost first. */
function spare(all, isFar, excess) {
  const found = [];
  for (const bubble of all) {
    if (excess <= 0 || !isFar(bubble.getBoundingClientRect()) || isHeld(bubble)) break;
    excess -= bubble.getElementsByTagName("*").length + 1;
    found.push(bubble);
  }
  return found;
}

function letGo(kind, gone) {
  if (!gone.length) return;
  const edge = kind === "older" ? gone.at(-1).nextElementSibling : gone.at(-1).previousElementSibling;
  document.querySelector(`#messages > [data-${kind}]`)?.remove();
  for (const bubble of gone) bubble.remove();
  const link = endOf(kind, edge);
  kind === "older" ? byId("messages").prepend(link) : byId("messages").append(link);
  htmx.process(link);
}

function trim() {
  isDue = false;
  const excess = () => document.getElementsByTagName("*").length - BUDGET;
  if (!byId("messages") || excess() <= 0) return;
  const { top, bottom, height } = screen();
  const below = () => letGo("newer", spare(rowsHere().reverse(), (box) => box.top > bottom + FAR * height, excess()));
  const above = () => keepPlace(() => letGo("older", spare(rowsHere(), (box) => box.bottom < top - FAR * height, excess())));
  // First at the end that one has come from.
  for (const side of isGoingUp ? [below, above] : [above, below]) side();
  tell("parley:window");
}

/** Soon, and not in the midst of what has to be painted. */
function trimSoon() {
  if (isDue) return;
  isDue = true;
  (globalThis.requestIdleCallback ?? setTimeout)(trim, { timeout: 400 });
}

/** Nothing on the screen moves for what `change` does above it, also where the browser does not see to it. */
function keepPlace(change) {
  const { top } = screen();
  const seen = rowsHere().find((bubble) => bubble.getBoundingClientRect().bottom > top);
  const before = seen?.getBoundingClientRect().top;
  change();
  if (seen?.isConnected) byId("scroller").scrollTop += seen.getBoundingClientRect().top - before;
}

/** A message that came while a page was on its way is in neither: then there is still more below. */
function mendEnd() {
  const list = byId("messages");
  const last = rowsHere().at(-1);
  if (last && !list.querySelector("[data-newer]") && Number(last.dataset.depth) < Number(list.dataset.beyond ?? 0)) {
    const link = endOf("newer", last);
    list.append(link);
    htmx.process(link);
  }
}

let settle = null;
document.addEventListener("htmx:beforeSwap", (event) => {
  const { target, shouldSwap } = event.detail;
  if (!shouldSwap || !target.matches?.("[data-older], [data-newer]")) return;
  settle = { isOlder: target.matches("[data-older]") };
  if (!settle.isOlder) return;
  const { top } = screen();
  settle.seen = rowsHere().find((bubble) => bubble.getBoundingClientRect().bottom > top);
  settle.top = settle.seen?.getBoundingClientRect().top;
});
document.addEventListener("htmx:afterSwap", () => {
  if (!settle) return;
  const { isOlder, seen, top } = settle;
  isGoingUp = isOlder;
  settle = null;
  if (isOlder && seen) byId("scroller").scrollTop += seen.getBoundingClientRect().top - top;
  else if (!isOlder) mendEnd();
  tell("parley:window");
  trimSoon();
});
document.addEventListener("parley:played", () => {
  isGoingUp = false;
  trimSoon();
});
