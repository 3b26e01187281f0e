// Who sees the end of a reply has read it; what ended while nobody looked is told by title and icon until one does.

const seen = {}; // conversation -> the event with which the last reply ended that was seen here
const known = {}; // conversation -> the last unread one that we heard of
const finished = new Set(); // conversations with a reply that ended while the page was in the background
const icon = document.querySelector("link[rel='icon']");
const usual = icon?.href;

const onShow = () => byId("conversation")?.dataset.session;
const isLooking = () => document.visibilityState === "visible";
const withoutCount = (title) => title.replace(/^\(\d+\) /, "");

function strip(item) {
  delete item.dataset.unread;
  item.querySelector(".item__mark")?.remove();
}

function read(id, number) {
  seen[id] = number;
  finished.delete(id);
  post(`/chat/${id}/seen/`, new URLSearchParams({ number })).catch(() => {
    delete seen[id]; // it is told again with the next look
  });
}

/** An item as the server sent it, before anybody shows it. */
function judge(item, { isNews }) {
  const id = item.dataset.sessionItem;
  const number = Number(item.dataset.unread ?? 0);
  if (number && number > (seen[id] ?? 0) && isLooking() && id === onShow()) read(id, number);
  if (number && number <= (seen[id] ?? 0)) strip(item);
  if (!item.dataset.unread) finished.delete(id);
  else if (isNews && !isLooking() && number > (known[id] ?? 0)) finished.add(id);
  known[id] = Math.max(number, known[id] ?? 0);
}

function show() {
  const title = byId("title")?.dataset.title ?? withoutCount(document.title);
  const wanted = finished.size ? `(${finished.size}) ${title}` : title;
  if (document.title !== wanted) document.title = wanted;
  const image = finished.size ? byId("sessions")?.dataset.unreadIcon : usual;
  if (icon && image && icon.href !== new URL(image, location.href).href) icon.href = image;
}

/** All that is on the page; what is on show and in no list is asked for. */
function look() {
  if (isLooking()) finished.clear();
  for (const item of document.querySelectorAll("#sessions > .item")) judge(item, { isNews: false });
  const id = onShow();
  if (id && !byId(`s-${id}`)) tell("parley:look", [id]);
  show();
}

document.addEventListener("parley:piece", (event) => {
  const { element } = event.detail;
  if (element.matches("[data-session-item]")) judge(element, { isNews: true });
  else if (element.localName === "parley-left") finished.delete(element.getAttribute("s"));
  else return;
  show();
}, true);
document.addEventListener("parley:played", show);
document.addEventListener("htmx:afterSettle", look);
document.addEventListener("visibilitychange", look);
look();
