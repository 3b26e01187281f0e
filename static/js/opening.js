// Opens the window elsewhere in the conversation: at a message, at the newest, or anew where it stands.

const AIMED_FOR = 2400; // a message that was asked for is marked so long
const SLOW = 150; // what takes longer shows that it is on its way
const RESET_AFTER = 120;
const RETRY_AFTER = 2000;
const GIVEN_UP_AFTER = 15_000; // on a line that says nothing any more
let landing = null; // how the next window is to stand
let resetTimer = 0;
let slowTimer = 0;

const conversation = () => byId("conversation");
const lineups = () => [...document.querySelectorAll("#messages > .lineup")];

function open(query, how) {
  if (!conversation()) return;
  landing = { ...how, session: shownSession(), besides: lineups().map(({ id }) => id) };
  visit(conversation().dataset.url + query, "#conversation");
}

function openAt(id, how = {}) {
  const here = byId(`m-${id}`);
  if (here) aim(here, how);
  else open(`?at=${id}`, { at: id, ...how });
}

/** In the middle of the screen, and marked for a moment. */
function aim(bubble, { isQuiet = false, index = 0 } = {}) {
  tell("parley:unpin");
  bubble.scrollIntoView({ block: bubble.offsetHeight > innerHeight / 2 ? "start" : "center", behavior: "instant" });
  if (!isQuiet) {
    bubble.dataset.aimed = "";
    setTimeout(() => delete bubble.dataset.aimed, AIMED_FOR);
  }
  tell("parley:arrived", { id: bubble.dataset.message, index });
}

/** Reads the conversation anew, where one is in it. */
function reopen() {
  clearTimeout(resetTimer);
  if (!isStale()) return; // one has gone elsewhere meanwhile
  resetTimer = setTimeout(reopen, GIVEN_UP_AFTER);
  const apart = document.querySelector("[data-reopen][data-pressed]") && conversation().dataset.at;
  if (apart) return open(`?at=${apart}`, { at: apart });
  if (!document.querySelector("[data-newer]") && byId("scroller").dataset.pinned === "yes") return open("", { isEnd: true });
  const { top } = byId("scroller").getBoundingClientRect();
  const seen = rowsHere().find((one) => one.getBoundingClientRect().bottom > top);
  if (!seen) return open("", { isEnd: true });
  const { depth } = seen.dataset;
  open(`?near=${depth}`, { depth, top: seen.getBoundingClientRect().top });
}

/** It was not to be had: soon, perhaps. Where it is refused, it is asked for only if it is wanted again. */
function missed({ status }) {
  const mayCome = status === 0 || status === 429 || status >= 500;
  clearTimeout(resetTimer);
  resetTimer = setTimeout(mayCome ? reopen : () => delete conversation()?.dataset.stale, RETRY_AFTER);
}

/** Where the window that has just come stands. */
function land() {
  const how = landing?.session === shownSession() ? landing : {};
  landing = null;
  const hash = location.hash.startsWith("#m-") ? location.hash.slice(3) : "";
  const at = how.at ?? (how.isEnd || how.depth ? "" : conversation().dataset.at || hash);
  const bubble = at && document.querySelector(`#messages .message[data-message="${CSS.escape(at)}"]`);
  const beside = how.besides && lineups().findLast(({ id }) => !how.besides.includes(id));
  if (bubble) aim(bubble, how);
  else if (beside) aim(beside, { isQuiet: true }); // it is read from its head
  else if (at && at === hash && at !== conversation().dataset.at) open(`?at=${encodeURIComponent(at)}`, { at });
  else if (how.depth) {
    const seen = document.querySelector(`#messages > [data-depth="${how.depth}"]`);
    if (seen) byId("scroller").scrollTop += seen.getBoundingClientRect().top - how.top;
  } else landBeside(document.querySelector("[data-apart][data-depth]"));
}

/** What is shown apart stays in view by itself: below it comes where it would stand. */
function landBeside(apart) {
  const place = apart && document.querySelector(`#messages > [data-depth="${apart.dataset.depth}"]`);
  place ? aim(place, { isQuiet: true }) : tell("parley:pin");
}

document.addEventListener("parley:show", ({ detail }) => openAt(detail.id, detail));
document.addEventListener("parley:newest", () => {
  if (location.search || location.hash) history.replaceState(history.state, "", location.pathname);
  document.querySelector("[data-newer], [data-apart]") ? open("", { isEnd: true }) : tell("parley:pin");
});
// Soon, and once for all that ask for it till it is here: a reply that goes on meanwhile must not put it off.
document.addEventListener("parley:reset", () => {
  if (!conversation() || isStale()) return;
  conversation().dataset.stale = "";
  resetTimer = setTimeout(reopen, RESET_AFTER);
});
document.addEventListener("parley:opened", land);
document.addEventListener("click", ({ target }) => {
  target.closest("[data-reopen]")?.setAttribute("data-pressed", "");
  if (target.closest("[data-apart-close]")) target.closest("[data-apart]").remove();
});
addEventListener("hashchange", () => location.hash.startsWith("#m-") && openAt(location.hash.slice(3)));

// Of several conversations that are asked for quickly the last one comes, whichever answers last.
const newest = {}; // the id of a place -> the request whose answer it is to get
const isOpening = ({ detail }) => detail.requestConfig?.verb === "get" && ["pane", "conversation"].includes(detail.target?.id);
const isLate = ({ detail }) => detail.xhr !== newest[detail.target.id] || !detail.target.isConnected;
/** Or its address would be taken for that of what is on the page. */
function refuseLate(event) {
  if (isOpening(event) && isLate(event)) event.detail.shouldSwap = false;
}
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!isOpening(event)) return;
  const { target, xhr } = event.detail;
  newest[target.id] = xhr;
  target.addEventListener("htmx:beforeSwap", refuseLate); // by then it may be off the page, where nobody else hears of it
  clearTimeout(slowTimer);
  slowTimer = setTimeout(() => target.setAttribute("aria-busy", "true"), SLOW);
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (!isOpening(event) || isLate(event)) return;
  clearTimeout(slowTimer);
  byId(event.detail.target.id)?.removeAttribute("aria-busy");
  if (isStale()) missed(event.detail.xhr);
});
