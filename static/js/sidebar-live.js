// Keeps one socket to the person's list of conversations, and reads the list anew when it may have missed something.

const FIRST_WAIT = 500;
const LONGEST_WAIT = 20_000;
const FOR_GOOD = 4400; // from here on the server says: do not come back
const LONG_AWAY = 5 * 60_000;

let socket = null;
let attempt = 0;
let retry = 0;
let reading = 0;
let leftAt = 0;
let followed = ""; // the project whose list this page shows, as the server knows it
let readOn = new Date().toDateString();
const wanted = new Set();

function open() {
  clearTimeout(retry);
  const list = byId("sessions");
  if (!list) return;
  const url = new URL("/ws/chat/", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  url.searchParams.set("digest", list.dataset.digest);
  const mine = new WebSocket(url);
  socket = mine;
  mine.onopen = () => {
    attempt = 0;
    list.dataset.digest = ""; // from here on it changes under our hands
    followed = "";
    ask();
    follow();
  };
  mine.onmessage = (event) => socket === mine && play(event.data);
  mine.onclose = (event) => {
    if (socket !== mine) return;
    socket = null;
    if (event.code >= FOR_GOOD) return;
    const ceiling = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempt);
    attempt += 1;
    retry = setTimeout(open, ceiling * (0.5 + Math.random() / 2));
  };
}

function play(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const element of [...template.content.children]) {
    if (element.localName === "parley-list") read();
    else if (element.localName === "parley-project") tell("parley:project", element.getAttribute("p"));
    else tell("parley:piece", { element, own: false });
  }
}

/** How these stand, which may be in no list that is loaded. */
function ask() {
  if (!wanted.size || socket?.readyState !== WebSocket.OPEN) return;
  socket.send(JSON.stringify({ type: "look", sessions: [...wanted].slice(0, 60) }));
  wanted.clear();
}

/** The list of a project changes while one looks at it, whoever of its people changes it. */
function follow() {
  const { slug = "", digest } = byId("project-list")?.dataset ?? {};
  if (slug === followed || socket?.readyState !== WebSocket.OPEN) return;
  socket.send(JSON.stringify({ type: "follow", project: slug || null, digest }));
  followed = slug;
}

/** Once for all that asked for it, and not under somebody's typing or choosing. */
function read() {
  clearTimeout(reading);
  reading = setTimeout(() => {
    if (document.querySelector(".item__rename, #sidebar[data-selecting], #item-menu:popover-open")) return read();
    readOn = new Date().toDateString();
    const size = document.querySelectorAll("#sessions > .item").length;
    htmx.ajax("GET", `${byId("sessions").dataset.url}?size=${size}`, { source: "#filter", target: "#sessions", swap: "innerHTML" });
  }, 150);
}

function hurry() {
  if (document.visibilityState === "hidden") {
    leftAt = Date.now();
    return;
  }
  if (!socket && byId("sessions")) {
    attempt = 0;
    open();
  } else if (leftAt && (Date.now() - leftAt > LONG_AWAY || readOn !== new Date().toDateString())) read();
  leftAt = 0;
}

document.addEventListener("parley:list", read);
document.addEventListener("parley:look", (event) => {
  for (const id of event.detail) wanted.add(id);
  ask();
});
document.addEventListener("htmx:afterSettle", follow);
document.addEventListener("visibilitychange", hurry);
addEventListener("online", hurry);
addEventListener("pageshow", hurry);
open();
