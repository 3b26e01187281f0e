// Keeps one socket to the conversation on show, from its cursor, and says so calmly when it is lost.

const FIRST_WAIT = 400;
const LONGEST_WAIT = 15_000;
const FOR_GOOD = 4400; // from here on the server says: refused or gone, do not come back
const QUIET_BEFORE_BANNER = 900; // a short drop is nobody's business
const BACK_FOR = 2000; // milliseconds in which one reads that all is well again

let socket = null;
let followed = null; // the #conversation element that the socket is for
let attempt = 0;
let retry = 0;
let bannerTimer = 0;

const banner = () => document.getElementById("connection");

function showBanner(state) {
  clearTimeout(bannerTimer);
  const element = banner();
  if (!element) return;
  const words = element.querySelector("span");
  if (!state || (state === "back" && element.hidden)) {
    element.hidden = true;
    return;
  }
  bannerTimer = setTimeout(() => {
    words.textContent = element.dataset[state];
    element.toggleAttribute("data-good", state === "back");
    element.hidden = false;
    if (state === "back") bannerTimer = setTimeout(showBanner, BACK_FOR, null);
  }, element.hidden ? QUIET_BEFORE_BANNER : 0);
}

function close() {
  clearTimeout(retry);
  const old = socket;
  socket = null;
  // One that is left before it is open would be an error in the browser's log.
  if (old?.readyState === WebSocket.CONNECTING) old.onopen = () => old.close();
  else old?.close();
}

function open() {
  close();
  if (!followed?.isConnected) return;
  const { session, cursor } = followed.dataset;
  const url = new URL(`/ws/chat/sessions/${session}/?after=${cursor}`, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  const mine = new WebSocket(url);
  socket = mine;
  mine.onopen = () => {
    attempt = 0;
    showBanner("back");
  };
  mine.onmessage = (event) => {
    // What comes while another page of it is put in belongs to the old one.
    if (socket === mine && followed.isConnected) document.dispatchEvent(new CustomEvent("parley:frame", { detail: { html: event.data } }));
  };
  mine.onclose = (event) => {
    if (socket === mine && event.code < FOR_GOOD) wait();
  };
}

function wait() {
  socket = null;
  showBanner(navigator.onLine ? "lost" : "offline");
  const ceiling = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** attempt);
  attempt += 1;
  clearTimeout(retry);
  retry = setTimeout(open, ceiling * (0.5 + Math.random() / 2));
}

/** After every swap: another conversation, or the same one read anew, has its own cursor. */
function follow() {
  const conversation = document.getElementById("conversation");
  if (conversation === followed) return;
  followed = conversation;
  attempt = 0;
  showBanner(null);
  conversation ? open() : close();
}

function hurry() {
  if (!followed || socket?.readyState === WebSocket.OPEN || socket?.readyState === WebSocket.CONNECTING) return;
  attempt = 0;
  open();
}

document.addEventListener("htmx:afterSettle", follow);
addEventListener("online", hurry);
addEventListener("offline", () => followed && showBanner("offline"));
addEventListener("pageshow", hurry);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && hurry());
follow();
