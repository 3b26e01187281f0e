// The list of conversations: where each stands, which one is marked, and the one menu for all of them.

let isUntidy = false;
const meant = new WeakMap(); // a press on an entry of the menu -> whose: its request may have to wait
const items = () => [...byId("sessions").querySelectorAll(":scope > .item")];
const filter = () => Object.fromEntries(new FormData(byId("filter")));
const isNarrowed = ({ q, show, tag }) => Boolean(q?.trim() || show || tag);

function fits(item, old) {
  const { q, show, tag } = filter();
  const isArchived = "archived" in item.dataset;
  if (isArchived ? !["archived", "all"].includes(show) : show === "archived") return false;
  if (show === "starred" && !("starred" in item.dataset)) return false;
  return Boolean(old) || !(q?.trim() || tag); // words are the server's to judge
}

/** Starred ones first, unless the list is narrowed; then the latest activity. */
function isBefore(one, other) {
  const stars = isNarrowed(filter()) ? 0 : Number("starred" in one.dataset) - Number("starred" in other.dataset);
  return stars > 0 || (stars === 0 && Number(one.dataset.moment) > Number(other.dataset.moment));
}

/** What is told anew stays where it is the same: the focus, a press that has begun, the place of an open menu. */
function retell(old, item) {
  const fresh = [item, ...item.children];
  [old, ...old.children].forEach((node, i) => {
    for (const name of node.getAttributeNames()) if (!fresh[i].hasAttribute(name)) node.removeAttribute(name);
    for (const { name, value } of fresh[i].attributes) if (node.getAttribute(name) !== value) node.setAttribute(name, value);
  });
  texts.patch(old.querySelector(".item__link"), item.querySelector(".item__link"));
}

function put(item, old) {
  const others = items().filter((other) => other !== old);
  const at = others.findIndex((other) => isBefore(item, other));
  const more = byId("sessions").querySelector(".sidebar__more");
  // Older than all that is here: it comes with its page, when one scrolls there.
  if (at < 0 && more && !old) return;
  const stays = old?.children.length === item.children.length; // not while a title is being saved there
  if (stays) retell(old, item);
  else old?.remove();
  if (stays && items().indexOf(old) === (at < 0 ? others.length : at)) return;
  byId("sessions").insertBefore(stays ? old : item, others[at] ?? more);
}

/** The server's word on a conversation, from an answer or from the socket. */
function place(item) {
  const old = byId(item.id);
  if (!byId("sessions") || (old && Number(old.dataset.version) > Number(item.dataset.version))) return;
  if (old?.querySelector(".item__rename:not([data-done])")) return; // never over what somebody is typing
  if (!fits(item, old)) return leave(item.dataset.sessionItem);
  const focused = old?.contains(document.activeElement) && document.activeElement;
  if (old) item.querySelector(".item__pick").checked = old.querySelector(".item__pick").checked;
  put(item, old);
  byId("sessions-empty")?.remove();
  htmx.process(item);
  if (focused) byId(item.id)?.querySelector(focused.matches(".item__more") ? ".item__more" : ".item__link").focus();
  tidy();
}

function leave(id) {
  const item = byId(`s-${id}`);
  if (!item) return;
  const next = item.contains(document.activeElement) && (item.nextElementSibling ?? item.previousElementSibling);
  item.remove();
  if (next) (next.querySelector(".item__link") ?? byId("filter-text")).focus();
  tidy();
  if (!items().length) tell("parley:list"); // what an empty list says is the server's
}

/** Once for all that came together. */
function tidy() {
  if (isUntidy) return;
  isUntidy = true;
  queueMicrotask(sort);
}

/** Each once, below the heading of its group, and the one on show marked. */
function sort() {
  isUntidy = false;
  const list = byId("sessions");
  if (!list) return;
  for (const day of list.querySelectorAll(".day")) day.remove();
  const seen = new Set();
  let group = "";
  for (const item of items()) {
    if (seen.has(item.id)) {
      item.remove();
      continue;
    }
    seen.add(item.id);
    const isStarred = "starred" in item.dataset && !isNarrowed(filter());
    const [key, label] = isStarred ? ["starred", list.dataset.starred] : [item.dataset.day, item.dataset.label];
    if (key !== group) {
      const day = Object.assign(document.createElement("li"), { className: "day", textContent: label });
      day.dataset.group = group = key;
      item.before(day);
    }
    const link = item.querySelector(".item__link");
    if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  list.toggleAttribute("data-narrowed", isNarrowed(filter()));
  tell("parley:listed");
}

document.addEventListener("parley:piece", (event) => {
  const { element } = event.detail;
  if (element.matches("[data-session-item]")) place(element);
  else if (element.localName === "parley-left") leave(element.getAttribute("s"));
  else if (element.id === "session-actions" && element.dataset.of === shownSession()) {
    byId("session-actions")?.replaceWith(element);
    htmx.process(element);
  }
});
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-item-menu]");
  if (!opener) return;
  const { dataset } = opener.closest(".item");
  Object.assign(byId("item-menu").dataset, { for: dataset.sessionItem });
  for (const mark of ["starred", "archived"]) byId("item-menu").toggleAttribute(`data-${mark}`, mark in dataset);
});
document.addEventListener("click", (event) => {
  if (event.target.closest("#item-menu")) meant.set(event, byId("item-menu").dataset.for);
}, true);
document.addEventListener("htmx:configRequest", ({ detail }) => {
  detail.path = detail.path.replace(ZERO_ID, meant.get(detail.triggeringEvent) ?? byId("item-menu")?.dataset.for ?? ZERO_ID);
});
document.addEventListener("htmx:pushedIntoHistory", tidy);
document.addEventListener("htmx:afterSettle", (event) => event.target.closest("#sessions, #pane, body") && tidy());
tidy();
