// Plays frames of HTML: what the socket sends and what a POST of a message answers are the same thing.
// Upserting by id makes a frame that arrives twice harmless.

const tails = new Map(); // message id -> the HTML of its open tail, as the server knows it
const byId = (id) => document.getElementById(id);
const isRunning = (bubble) => ["pending", "streaming"].includes(bubble.dataset.status);
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

/** Makes `live` equal to `next`, keeping what is there: a selection survives, and only the end is laid out anew. */
function patch(live, next) {
  const shared = Math.min(live.childNodes.length, next.childNodes.length);
  for (let i = 0; i < shared; i += 1) {
    const [old, fresh] = [live.childNodes[i], next.childNodes[i]];
    if (old.isEqualNode(fresh)) continue;
    if (old.nodeType === Node.TEXT_NODE && fresh.nodeType === Node.TEXT_NODE) {
      if (fresh.data.startsWith(old.data)) old.appendData(fresh.data.slice(old.data.length));
      else old.data = fresh.data;
    } else if (old.nodeType === Node.ELEMENT_NODE && old.cloneNode(false).isEqualNode(fresh.cloneNode(false))) {
      patch(old, fresh);
    } else {
      old.replaceWith(fresh.cloneNode(true));
    }
  }
  while (live.childNodes.length > next.childNodes.length) live.lastChild.remove();
  while (live.childNodes.length < next.childNodes.length) live.append(next.childNodes[live.childNodes.length].cloneNode(true));
}

function playTail(element) {
  const id = element.getAttribute("m");
  const keep = Number(element.getAttribute("k"));
  const tail = byId(`m-${id}-tail`);
  if (!tail || (keep > 0 && !tails.has(id))) return tell("parley:resync");
  const html = (tails.get(id) ?? "").slice(0, keep) + element.getAttribute("h");
  tails.set(id, html);
  const next = document.createElement("template");
  next.innerHTML = html;
  patch(tail, next.content);
  remember(element);
}

function playSettled(element) {
  byId(`m-${element.getAttribute("m")}-settled`)?.append(...element.childNodes);
}

function announce(old, bubble) {
  if (bubble.dataset.role !== "assistant" || old?.dataset.status === bubble.dataset.status) return;
  const words = byId("announcer")?.dataset[bubble.dataset.status];
  if (words && (old || isRunning(bubble))) byId("announcer").textContent = words;
}

function place(bubble, list) {
  const depth = Number(bubble.dataset.depth);
  const others = [...list.querySelectorAll(":scope > .message")];
  const sibling = others.find((other) => Number(other.dataset.depth) === depth);
  if (sibling) {
    // Another alternative is on show now: what followed the old one goes with it.
    others.slice(others.indexOf(sibling) + 1).forEach((other) => other.remove());
    sibling.replaceWith(bubble);
  } else {
    const next = others.find((other) => Number(other.dataset.depth) > depth);
    list.insertBefore(bubble, next ?? null);
  }
}

function playBubble(bubble, own) {
  const list = byId("messages");
  if (!list) return;
  const old = byId(bubble.id);
  if (old?.querySelector(".editor") && !own) return; // never over what somebody is typing
  tails.delete(bubble.dataset.message);
  announce(old, bubble);
  const thinking = old?.querySelector(".thinking")?.open;
  if (old) old.replaceWith(bubble);
  else place(bubble, list);
  if (thinking) bubble.querySelector(".thinking")?.setAttribute("open", "");
  htmx.process(bubble);
  byId("conversation-empty")?.remove();
}

/** A conversation in the sidebar goes where its last activity puts it. */
function playItem(item) {
  const list = byId("sessions");
  if (!list) return;
  const old = byId(item.id);
  const isHere = Boolean(old?.querySelector("[aria-current]")) || item.dataset.sessionItem === byId("conversation")?.dataset.session;
  if (isHere) item.querySelector(".item__link").setAttribute("aria-current", "page");
  if (old && old.dataset.updated >= item.dataset.updated) old.replaceWith(item);
  else {
    old?.remove();
    const after = list.querySelector(".day[data-day='today']") ?? list.querySelector("template[data-today]")?.content.firstElementChild.cloneNode(true);
    if (after && !after.isConnected) list.prepend(after);
    after ? after.after(item) : list.prepend(item);
  }
  byId("sessions-empty")?.remove();
  htmx.process(item);
}

function remember(element) {
  const conversation = byId("conversation");
  const cursor = Number(element.getAttribute("c"));
  if (conversation && cursor > Number(conversation.dataset.cursor)) conversation.dataset.cursor = cursor;
}

function playElement(element, own) {
  const name = element.localName;
  if (name === "parley-tail") playTail(element);
  else if (name === "parley-settled") playSettled(element);
  else if (name === "parley-cursor") remember(element);
  else if (name === "parley-gone") byId(`m-${element.getAttribute("m")}`)?.remove();
  else if (name === "parley-left") byId(`s-${element.getAttribute("s")}`)?.remove();
  else if (name === "parley-go") htmx.ajax("GET", element.getAttribute("href"), { target: "#pane", swap: "outerHTML", push: "true" });
  else if (name === "parley-reset") tell("parley:reset");
  else if (element.matches("article[data-message]")) playBubble(element, own);
  else if (element.matches("[data-session-item]")) playItem(element);
  else if (element.hasAttribute("hx-swap-oob")) htmx.swap("body", element.outerHTML, { swapStyle: "none" });
  else if (element.id && byId(element.id)) replace(element);
}

function replace(element) {
  const old = byId(element.id);
  if (old.contains(document.activeElement) && document.activeElement.matches("input, textarea")) return;
  old.replaceWith(element);
  htmx.process(element);
}

export function play(html, own = false) {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const element of [...template.content.children]) playElement(element, own);
  const pane = byId("pane");
  if (pane) pane.toggleAttribute("data-running", [...document.querySelectorAll("#messages > .message")].slice(-12).some(isRunning));
  const title = byId("header")?.dataset.title;
  if (title) document.title = title;
  tell("parley:played", { own });
}

document.addEventListener("parley:frame", (event) => play(event.detail.html));
// A form or button marked data-frames gets a frame as its answer.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  if (!requestConfig?.elt.closest("[data-frames]") || xhr.status >= 300) return;
  event.detail.shouldSwap = false;
  play(xhr.responseText, true);
});
document.addEventListener("htmx:load", (event) => {
  for (const template of event.detail.elt.querySelectorAll("template[data-frame]")) {
    const html = template.innerHTML;
    template.remove();
    play(html);
  }
});
