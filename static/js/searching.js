// The page of search: filters and their values are offered as one types, and a hit opens with its words marked.

const REST = 100; // ms without a key before the server is asked
let timer = 0;
let asked = null;
let isPending = false; // a list is on its way
let isHeld = false; // the arrow was pressed before it had come
let opening = null; // {id, words}: the hit that was pressed

const field = () => byId("search-text");
const list = () => byId("search-offers");
const active = () => list().querySelector("[aria-selected='true']");
// At the beginning of an empty field, or where words are typed, nobody waits for a list of filters.
const isTyping = () => /(^|\s)-?[a-z]{2,}(:\S*|:"(\\.|[^"\\])*|:[“„«][^”“»]*)?$/i.test(field().value.slice(0, field().selectionStart));

function mark(option) {
  active()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  option ? field().setAttribute("aria-activedescendant", option.id) : field().removeAttribute("aria-activedescendant");
}

function show(html) {
  list().innerHTML = html;
  list().hidden = !list().children.length;
  field().setAttribute("aria-expanded", String(!list().hidden));
  mark(isHeld ? list().firstElementChild : null);
  isPending = isHeld = false;
}

function close() {
  clearTimeout(timer);
  asked?.abort();
  if (list()) show("");
}

async function ask() {
  asked?.abort();
  if (!isTyping()) return show("");
  const mine = (asked = new AbortController());
  const query = new URLSearchParams({ q: field().value, at: field().selectionStart });
  const html = await fetch(`${byId("search").dataset.complete}?${query}`, { headers: { "HX-Request": "true" }, signal: mine.signal })
    .then((answer) => (answer.ok ? answer.text() : ""))
    .catch(() => "");
  if (asked === mine && !mine.signal.aborted && field() === document.activeElement) show(html);
}

function askSoon() {
  clearTimeout(timer);
  isPending = isTyping();
  timer = setTimeout(ask, REST);
}

function choose(option) {
  const { text, place } = option.dataset;
  field().value = text;
  field().setSelectionRange(Number(place), Number(place));
  show("");
  field().dispatchEvent(new Event("input", { bubbles: true }));
}

function handle(key) {
  const all = [...list().children];
  const at = all.indexOf(active());
  const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? all.length - 1 : at - 1 }[key];
  if (key === "Escape") close();
  else if (to !== undefined) mark(all[to] ?? null);
  else if (key === "Tab") choose(active() ?? all[0]);
  else if (key === "Enter" && active()) choose(active());
  else return false;
  return true;
}

document.addEventListener("input", (event) => event.target === field() && !event.isComposing && askSoon());
document.addEventListener("compositionend", (event) => event.target === field() && askSoon());
document.addEventListener("focusout", (event) => event.target === field() && close());
document.addEventListener("keydown", (event) => {
  if (!field() || event.target !== field() || event.isComposing || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
  const isOpen = !list().hidden;
  if (isOpen ? !handle(event.key) : event.key !== "ArrowDown") {
    if (event.key === "Enter") close();
    return;
  }
  if (!isOpen && isPending) isHeld = true;
  else if (!isOpen) document.querySelector(".hit__link")?.focus();
  event.preventDefault();
});
// From hit to hit, and back into the field.
document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.(".hit__link") || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  event.preventDefault();
  const links = [...document.querySelectorAll(".hit__link")];
  (links[links.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)] ?? (event.key === "ArrowUp" ? field() : null))?.focus();
});
// The field keeps the focus, and with it a phone its keyboard.
document.addEventListener("pointerdown", (event) => event.target.closest("#search-offers") && event.preventDefault());
document.addEventListener("click", (event) => {
  const option = event.target.closest("#search-offers > [role=option]");
  if (option) return choose(option);
  const hit = event.target.closest("[data-hit-opens]");
  opening = hit && { id: hit.dataset.hitOpens, words: hit.parentElement.querySelector(".hit__text mark")?.textContent };
});
document.addEventListener("parley:arrived", ({ detail }) => {
  if (opening?.words && opening.id === detail.id) {
    tell("parley:mark", { words: opening.words });
    tell("parley:mark-now", { id: detail.id, index: 0 });
  }
  opening = null;
});
