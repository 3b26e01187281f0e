// The bar that finds words in the whole conversation: the server knows in which messages they are.

const PAUSE = 180; // after the last key, before the server is asked
let hits = []; // {id, depth} in the order of the conversation
let rest = ""; // the depth above which there may be more
let place = -1; // which hit one is at
let inner = null; // which mark within it, and how many: {index, count}
let asked = 0;
let sought = ""; // the words whose hits these are
let timer = 0;
let origin = null; // what had the focus before

const bar = () => byId("find");
const words = () => bar().elements.q.value.trim();

/** The hits above depth `before`; none is told where a newer question has been asked meanwhile. */
async function ask(before = "") {
  const mine = (asked += 1);
  bar().setAttribute("aria-busy", "true");
  const found = await finding.ask(bar().action, { q: words(), before });
  if (mine !== asked || !bar()) return null;
  bar().removeAttribute("aria-busy");
  rest = found?.rest ?? "";
  return found && found.hits;
}

function say() {
  const { dataset } = bar();
  const fill = (form, at, count) => form.replace("{place}", written(at)).replace("{count}", typeof count === "number" ? written(count) : count);
  bar().toggleAttribute("data-nothing", Boolean(words()) && !hits.length);
  const within = inner?.count > 1 ? ` · ${fill(dataset.within, inner.index + 1, inner.count)}` : "";
  const count = written(hits.length) + (rest ? "+" : "");
  byId("find-count").textContent = !words() ? "" : hits.length ? fill(dataset.place, place + 1, count) + within : dataset.none;
}

function show(index) {
  inner = null;
  say();
  const hit = hits[place];
  if (hit) tell("parley:show", { id: hit.id, isQuiet: true, index });
}

async function search() {
  sought = words();
  tell("parley:mark", { words: words() });
  hits = [];
  rest = "";
  inner = null;
  if (words()) {
    const found = await ask();
    if (!found) return;
    hits = found;
    // A long conversation is read a stretch at a time.
    while (!hits.length && rest) {
      const older = await ask(rest);
      if (!older) return;
      hits = older;
    }
  }
  place = finding.nearest(hits);
  show(0);
}

async function step(by) {
  clearTimeout(timer);
  if (!hits.length || words() !== sought) return search();
  const next = inner && inner.index + by;
  if (inner && next >= 0 && next < inner.count) return mark(hits[place].id, next);
  if (place + by < 0 && rest) {
    const older = await ask(rest);
    if (!older) return;
    hits = [...older, ...hits];
    place += older.length;
  }
  place = (place + by + hits.length) % hits.length;
  show(by < 0 ? -1 : 0);
}

function mark(id, index) {
  const detail = { id, index };
  tell("parley:mark-now", detail);
  inner = { index: detail.index, count: detail.count };
  say();
}

function open() {
  if (!bar()) return;
  if (bar().hidden) origin = document.activeElement;
  bar().hidden = false;
  const chosen = String(getSelection()).trim();
  if (chosen && chosen.length < 80 && !chosen.includes("\n")) bar().elements.q.value = chosen;
  bar().elements.q.select();
  if (words()) search();
}

function close() {
  clearTimeout(timer);
  bar().hidden = true;
  asked += 1;
  tell("parley:mark", { words: "" });
  (origin?.isConnected && origin !== document.body ? origin : byId("scroller")).focus({ preventScroll: true });
}

document.addEventListener("parley:arrived", ({ detail }) => {
  if (bar() && !bar().hidden && hits[place]?.id === detail.id) mark(detail.id, detail.index);
});
/** A message was added or changed: the hits are others now, and one stays at the same. */
async function refresh() {
  if (!bar() || bar().hidden || !words()) return;
  const here = hits[place]?.id;
  const found = await ask();
  if (!found) return;
  hits = found;
  place = Math.max(0, hits.findIndex(({ id }) => id === here));
  say();
}

document.addEventListener("parley:piece", ({ detail }) => {
  if (!detail.element.matches("article, parley-gone") || bar()?.hidden) return;
  clearTimeout(timer);
  timer = setTimeout(refresh, 3 * PAUSE);
});
document.addEventListener("parley:opened", () => bar()?.hidden && tell("parley:mark", { words: "" }));
document.addEventListener("parley:action", (event) => {
  if ((event.detail?.name ?? event.detail) !== "find" || !bar()) return;
  event.preventDefault(); // done: nobody need press the button
  open();
});
document.addEventListener("click", (event) => {
  const { target } = event;
  if (target.closest("[data-action='find']")) {
    event.preventDefault();
    open();
  } else if (target.closest("[data-find]")) step(Number(target.closest("[data-find]").dataset.find));
  else if (target.closest("[data-find-close]")) close();
});
document.addEventListener("input", (event) => {
  if (event.target.id !== "find-words") return;
  clearTimeout(timer);
  timer = setTimeout(search, PAUSE);
});
document.addEventListener("submit", (event) => {
  if (event.target.id === "find") event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (!event.target.closest?.("#find") || event.isComposing) return;
  const by = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (event.key === "Escape") close();
  else if (by && event.target.id === "find-words") step(by);
  else return;
  event.preventDefault();
  event.stopPropagation();
});
