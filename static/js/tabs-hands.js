// The tabs as one sees and handles them: pressed, dragged, moved and closed by keys; and what asks for a tab of its own.

let shown = { tabs: [], current: 0 };
let drawn = ""; // what the list shows; it is not made anew under a finger for nothing
let dragged = null;

const act = (name, ...values) => tell("parley:tab", { act: name, values });
const list = () => byId("tabs").querySelector(".tabs__list");
const placeOf = (element) => [...list().children].indexOf(element.closest(".tab"));

function made({ id, title, isLive, isUnread }, isCurrent) {
  const { dataset } = byId("tabs");
  const tab = byId("tab").content.firstElementChild.cloneNode(true);
  const link = tab.querySelector(".tab__link");
  link.href = id ? `/chat/${id}/` : dataset.start;
  link.title = title;
  if (isCurrent) link.setAttribute("aria-current", "page");
  tab.querySelector(".tab__name").textContent = title;
  tab.querySelector(".tab__mark").textContent = isLive ? dataset.sayLive : isUnread ? dataset.sayUnread : "";
  tab.toggleAttribute("data-live", Boolean(isLive));
  tab.toggleAttribute("data-unread", Boolean(isUnread));
  const close = tab.querySelector(".tab__close");
  close.ariaLabel = dataset.close.replace("%s", title);
  if (isCurrent) close.dataset.action = "close-tab";
  return tab;
}

function draw({ tabs, current }) {
  if (dragged) return;
  count(tabs);
  const state = JSON.stringify([tabs.map(({ id, title, isLive, isUnread }) => [id, title, Boolean(isLive), Boolean(isUnread)]), current]);
  if (state === drawn) return;
  drawn = state;
  const focused = list().contains(document.activeElement) && document.activeElement;
  const at = focused ? placeOf(focused) : -1;
  const old = shown.tabs[at]?.id;
  list().replaceChildren(...tabs.map((tab, number) => made(tab, number === current)));
  byId("tabs").hidden = tabs.length < 2;
  if (focused) {
    const to = tabs.findIndex((tab) => tab.id === old);
    (list().children[to < 0 ? Math.min(at, tabs.length - 1) : to]).querySelector(focused.matches("a") || to < 0 ? ".tab__link" : ".tab__close").focus();
  }
  list().children[current]?.scrollIntoView({ block: "nearest", inline: "nearest" });
  shown = { tabs: tabs.map(({ id }) => ({ id })), current };
}

/** On a phone a button in each pane tells how many there are. */
function count(tabs) {
  for (const button of document.querySelectorAll("[data-tabs-count]")) {
    button.hidden = tabs.length < 2;
    button.querySelector("span").textContent = tabs.length;
    button.toggleAttribute("data-news", tabs.some((tab) => tab.isUnread));
  }
}

document.addEventListener("parley:tabs", (event) => draw(event.detail));
document.addEventListener("click", (event) => {
  const item = event.target.closest("#sessions .item__link");
  const isOwn = event.ctrlKey || event.metaKey;
  if (item && isOwn && byId("tabs")) {
    event.preventDefault();
    event.stopPropagation();
    act("open", item.closest(".item").dataset.sessionItem, item.querySelector(".item__name").textContent, true);
  } else if (event.target.closest("[data-open-tab]")) {
    const id = byId("item-menu").dataset.for;
    act("open", id, byId(`s-${id}`).querySelector(".item__name").textContent, false);
  } else if (event.target.closest("[data-tab-new]")) {
    event.preventDefault();
    act("open", "", byId("tabs").dataset.untitled, false);
  } else if (event.target.closest(".tab__close")) act("close", placeOf(event.target));
  else if (event.target.closest(".tab__link") && !isOwn && !event.shiftKey) {
    event.preventDefault();
    act("choose", placeOf(event.target));
  }
}, true);
document.addEventListener("auxclick", (event) => {
  if (event.button !== 1) return;
  const item = event.target.closest("#sessions .item__link");
  if (!item && !event.target.closest(".tab")) return;
  event.preventDefault();
  if (item) act("open", item.closest(".item").dataset.sessionItem, item.querySelector(".item__name").textContent, true);
  else act("close", placeOf(event.target));
});
document.addEventListener("keydown", (event) => {
  const link = event.target.closest?.(".tab__link");
  if (!link) return;
  const at = placeOf(link);
  const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (event.key === "Delete") act("close", at);
  else if (by && event.ctrlKey && event.shiftKey) act("move", at, at + by);
  else if (by && !event.ctrlKey && !event.altKey) list().children[at + by]?.querySelector(".tab__link").focus();
  else return;
  event.preventDefault();
});
document.addEventListener("parley:action", (event) => {
  const by = { "next-tab": 1, "previous-tab": -1 }[event.detail?.name];
  if (shown.tabs.length < 2 || !(by || event.detail?.name === "close-tab")) return;
  event.preventDefault();
  by ? act("choose", shown.current + by) : act("close", shown.current);
});

function aim(event) {
  const over = dragged && event.target.closest?.(".tab");
  for (const tab of list()?.querySelectorAll("[data-drop]") ?? []) delete tab.dataset.drop;
  if (!over || over === dragged) return null;
  event.preventDefault();
  over.dataset.drop = placeOf(over) < placeOf(dragged) ? "before" : "after";
  return over;
}

document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.(".tab") ?? null;
  if (dragged) dragged.dataset.dragged = "";
});
document.addEventListener("dragover", (event) => dragged && aim(event));
document.addEventListener("drop", (event) => {
  const over = dragged && aim(event);
  if (!over) return;
  const [from, to] = [placeOf(dragged), placeOf(over)];
  dragged = null;
  act("move", from, to);
});
document.addEventListener("dragend", () => {
  if (!dragged) return;
  dragged = null;
  drawn = "";
  tell("parley:tab", { act: "move", values: [0, 0] }); // as they are
});
