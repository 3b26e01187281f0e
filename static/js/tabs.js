// Open conversations as tabs. What is opened replaces the current tab's, unless it is open in another; a tab of its own
// is asked for (tabs-hands.js). Each window has its own; those of the first one outlive the browser.

const KEY = "parley:tabs";
const START = ""; // the id of a tab that shows the start page
const ANSWERED = 2000; // milliseconds in which the answer comes, which the socket may be quicker than
const leaving = new Map(); // ids of what was told to be gone -> timers
let tabs = [];
let current = 0;
let isKeeper = false; // this window's tabs are the ones that are kept

const idOf = (path) => (path === nav().dataset.start ? START : /^\/chat\/([0-9a-f-]{36})\/$/.exec(path)?.[1]);
const urlOf = (id) => (id ? `/chat/${id}/` : nav().dataset.start);
const nav = () => byId("tabs");
const titleHere = () => byId("title")?.querySelector("h1").textContent ?? nav().dataset.untitled;
const go = (id) => visit(urlOf(id));

function keep() {
  // Of a temporary conversation not even the title stays behind in the browser.
  const titleOf = ({ title, isBrief }) => (isBrief ? nav().dataset.untitled : title);
  const text = (all, at) => JSON.stringify({ tabs: all.map((tab) => ({ id: tab.id, title: titleOf(tab), isBrief: tab.isBrief })), current: at });
  try {
    sessionStorage.setItem(KEY, text(tabs, current));
  } catch {
    // then they last as long as the page
  }
  if (!isKeeper) return;
  const lasting = tabs.filter((tab) => !tab.isBrief);
  if (lasting.length) store(KEY, text(lasting, Math.max(0, lasting.indexOf(tabs[current]))));
}

/** The page shows something: in the tab that has it, else in the current one. */
function arrive(isNew = false) {
  const id = idOf(location.pathname);
  if (id === undefined) return render(); // a page that is no conversation leaves the tabs as they are
  const at = tabs[current]?.id === id ? current : tabs.findIndex((tab) => tab.id === id);
  if (at >= 0) current = at;
  else if (isNew || !tabs.length) current = tabs.push({ id }) - 1;
  else tabs[current] = { id };
  const { dataset } = byId(`s-${id}`) ?? { dataset: {} };
  Object.assign(tabs[current], { title: titleHere(), isLive: "live" in dataset, isUnread: false, isBrief: isTemporary() });
  render();
}

function open(id, title, isBehind) {
  const at = tabs.findIndex((tab) => tab.id === id);
  if (at < 0) tabs.push({ id, title });
  if (id) tell("parley:look", [id]);
  render();
  if (isBehind) byId("announcer").textContent = nav().dataset.opened;
  else choose(at < 0 ? tabs.length - 1 : at);
}

function choose(at) {
  const index = (at + tabs.length) % tabs.length;
  for (const sheet of [nav(), byId("sidebar")]) if (sheet.matches(":popover-open")) sheet.hidePopover();
  if (index !== current || idOf(location.pathname) !== tabs[index].id) go(tabs[index].id);
  current = index;
  render();
}

function close(at) {
  if (tabs.length < 2 || !tabs[at]) return;
  const isShown = at === current;
  tabs.splice(at, 1);
  if (at < current || current === tabs.length) current -= 1;
  if (isShown) go(tabs[current].id);
  render();
}

function move(from, to) {
  if (to < 0 || to >= tabs.length) return;
  const shown = tabs[current];
  tabs.splice(to, 0, ...tabs.splice(from, 1));
  current = tabs.indexOf(shown);
  render();
}

function render() {
  keep();
  tell("parley:tabs", { tabs, current });
}

/** What was deleted somewhere else; the answer to a deletion here has gone to the start before. */
function leave(id) {
  if (idOf(location.pathname) !== id) return;
  tell("parley:toast", byId("toasts").dataset.gone);
  go(START);
}

/** It is not there any more, and nobody had told: the page shows what it did before. */
function lose(id) {
  const at = tabs.findIndex((tab) => tab.id === id);
  if (at < 0 || tabs.length < 2 || idOf(location.pathname) === id) return;
  tabs.splice(at, 1);
  if (at < current || current === tabs.length) current -= 1;
  arrive();
}

function hear(element, own) {
  const id = element.dataset.sessionItem ?? element.getAttribute("s");
  const isGone = element.localName === "parley-left";
  if (own || !isGone) clearTimeout(leaving.get(id)); // the answer has come, or it is back already
  const at = tabs.findIndex((tab) => tab.id === id);
  if (at < 0) return isGone || idOf(location.pathname) !== id ? undefined : arrive();
  const { live, unread } = element.dataset;
  if (!isGone) {
    Object.assign(tabs[at], { title: element.querySelector(".item__name").textContent, isLive: live !== undefined, isUnread: Boolean(unread) && at !== current, isBrief: false });
  } else if (at !== current) return close(at);
  else if (idOf(location.pathname) === id) {
    tabs[at] = { id: START, title: nav().dataset.untitled };
    if (!own) leaving.set(id, setTimeout(leave, ANSWERED, id));
  }
  render();
}

/** Only one window keeps its tabs over a restart: the first; when it closes, the next. */
function becomeKeeper() {
  return new Promise((resolve) => {
    if (!navigator.locks) return resolve((isKeeper = true));
    const hold = (lock) => {
      resolve((isKeeper = Boolean(lock)));
      if (lock) return keep(), new Promise(() => {});
      navigator.locks.request(KEY, () => ((isKeeper = true), keep(), new Promise(() => {})));
    };
    navigator.locks.request(KEY, { ifAvailable: true }, hold);
  });
}

async function begin() {
  let kept = null;
  try {
    kept = sessionStorage.getItem(KEY);
  } catch {
    // storage may be forbidden
  }
  const own = kept ?? "";
  const last = load(KEY); // before this window's are kept in their place
  if (!(await becomeKeeper()) && !own) return arrive();
  const found = JSON.parse(own || last || "{}");
  if (own || found.tabs?.length > 1) ({ tabs, current } = found);
  arrive(!own);
  tell("parley:look", tabs.map((tab) => tab.id).filter(Boolean));
}

document.addEventListener("parley:tab", ({ detail }) => ({ open, choose, close, move })[detail.act](...detail.values));
document.addEventListener("htmx:responseError", ({ detail }) => {
  if (nav() && detail.xhr.status === 404 && detail.target?.id === "pane") lose(idOf(detail.pathInfo.requestPath));
});
document.addEventListener("parley:piece", ({ detail: { element, own } }) => element.matches("[data-session-item], parley-left") && nav() && hear(element, own));
document.addEventListener("htmx:pushedIntoHistory", () => nav() && arrive());
document.addEventListener("htmx:afterSettle", () => nav() && arrive());
if (byId("tabs")) begin();
