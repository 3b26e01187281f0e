// A temporary conversation ends when its page is left. The page tells the server that it is open, and when it goes.

const STAY = 30_000;
const SURE = 3_000;
let open = null; // of the one on show: its id, and where to tell

function beacon(url, fields = {}) {
  const body = new FormData();
  body.append("csrfmiddlewaretoken", headersOfPost()["X-CSRFToken"]);
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  navigator.sendBeacon(url, body);
}

/** After every swap: it may have come on show, or another page may have taken its place. */
function look() {
  const strip = byId("temporary");
  const id = strip && byId("pane").dataset.temporary;
  if (open?.id === id) return;
  if (open) beacon(open.leave, { away: "1" });
  open = id ? { id, ...strip.dataset } : null;
  if (!open) return;
  beacon(open.stay);
  setTimeout(() => open?.id === id && beacon(open.stay), SURE); // a page that closed before this one may be told of later
}

/** It is no temporary one any more, or is none at all. */
function forget(id) {
  if (open?.id === id) open = null;
  if (byId("pane").dataset.temporary !== id) return;
  delete byId("pane").dataset.temporary;
  byId("temporary").remove();
  byId("composer-text").focus();
}

document.addEventListener("htmx:afterSettle", look);
addEventListener("pagehide", () => open && beacon(open.leave));
addEventListener("pageshow", (event) => event.persisted && open && beacon(open.stay));
setInterval(() => open && beacon(open.stay), STAY);
document.addEventListener("parley:piece", (event) => {
  const { element } = event.detail;
  const id = element.getAttribute("s");
  if (["parley-ended", "parley-kept"].includes(element.localName)) forget(id);
  if (element.localName === "parley-ended") store(`parley:draft:${id}`, "");
});
look();
