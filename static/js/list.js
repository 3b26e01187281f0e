// The list of conversations: where each stands, which one is marked, and the one menu for all of them.

let chosen = "";

/** A conversation goes where its last activity puts it: to the top, if there was any since. */
function place(item) {
  const list = byId("sessions");
  if (!list) return;
  const old = byId(item.id);
  if (old && Number(old.dataset.updated) >= Number(item.dataset.updated)) old.replaceWith(item);
  else {
    old?.remove();
    today(list).after(item);
  }
  byId("sessions-empty")?.remove();
  htmx.process(item);
  mark();
}

function today(list) {
  const day = list.querySelector("[data-day='today']") ?? byId("today").content.firstElementChild.cloneNode(true);
  if (!day.isConnected) list.prepend(day);
  return day;
}

function leave(id) {
  const item = byId(`s-${id}`);
  const day = item?.previousElementSibling;
  const isLast = day?.matches(".day") && !item.nextElementSibling?.matches(".item");
  item?.remove();
  if (isLast) day.remove();
}

function mark() {
  for (const link of document.querySelectorAll("#sessions .item__link")) {
    if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

document.addEventListener("parley:piece", (event) => {
  const { element } = event.detail;
  if (element.matches("[data-session-item]")) place(element);
  else if (element.localName === "parley-left") leave(element.getAttribute("s"));
});
document.addEventListener("click", (event) => {
  chosen = event.target.closest("[data-item-menu]")?.dataset.itemMenu ?? chosen;
});
document.addEventListener("htmx:configRequest", (event) => {
  event.detail.path = event.detail.path.replace(ZERO_ID, chosen);
});
document.addEventListener("htmx:pushedIntoHistory", mark);
document.addEventListener("htmx:afterSettle", mark);
