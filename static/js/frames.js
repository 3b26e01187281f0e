// Plays frames of HTML: what the socket sends and what a POST answers are the same thing.
// Upserting by id makes a frame that arrives twice harmless.

const ANYWHERE = "[data-session-item], parley-left, parley-ended, parley-kept, parley-taken, [hx-swap-oob]";
const isRunning = (bubble) => ["pending", "streaming"].includes(bubble.dataset.status);

function announce(old, bubble) {
  const asks = "asks" in bubble.dataset;
  const isSame = old?.dataset.status === bubble.dataset.status && !(asks && !("asks" in old.dataset));
  if (bubble.dataset.role !== "assistant" || isSame) return;
  if (old || isRunning(bubble)) tell("parley:reply", { id: bubble.id, status: bubble.dataset.status, name: bubble.dataset.name, asks });
}

/** The page's window ends before the conversation does: what is new has no place in it yet. */
function missed(bubble, list, own) {
  list.dataset.beyond = Math.max(Number(list.dataset.beyond ?? 0), Number(bubble.dataset.depth));
  if (own) tell("parley:newest");
  else byId("jump").dataset.new = "";
}

function place(bubble, list, own) {
  const depth = Number(bubble.dataset.depth);
  const others = rowsHere();
  const sibling = others.find((other) => Number(other.dataset.depth) === depth);
  if (sibling) {
    // Another alternative is on show now: what followed the old one goes with it.
    others.slice(others.indexOf(sibling) + 1).forEach((other) => other.remove());
    list.querySelector("[data-newer]")?.remove();
    sibling.replaceWith(bubble);
    return;
  }
  if (others.length && depth < Number(others[0].dataset.depth)) {
    // A reply is made at the end alone: all that is here has been left for another version.
    if (isRunning(bubble)) tell("parley:reset");
    // Otherwise it comes with its page, when one scrolls there.
    if (list.querySelector("[data-older]")) return;
  }
  if (others.length && depth > Number(others.at(-1).dataset.depth) && list.querySelector("[data-newer]")) {
    missed(bubble, list, own);
    return;
  }
  list.insertBefore(bubble, others.find((other) => Number(other.dataset.depth) > depth) ?? null);
}

const bodyOf = (bubble) => bubble?.querySelector(":scope > .message__body");

function around(bubble) {
  const nodes = [...bubble.childNodes];
  const at = nodes.indexOf(bodyOf(bubble));
  return [nodes.slice(0, at), nodes.slice(at + 1)];
}

/** What is told anew stays where it is the same: the focus, what one has selected or opened. */
function retell(old, bubble) {
  const body = bodyOf(old);
  if (isRunning(bubble)) texts.regrow(body);
  else if (!("grown" in bubble.dataset)) texts.patch(body, bodyOf(bubble));
  const [before, after] = around(old);
  const [newBefore, newAfter] = around(bubble);
  texts.fit(before, newBefore, (node) => body.before(node));
  texts.fit(after, newAfter, (node) => old.append(node));
  delete bubble.dataset.grown;
  // None of the others ever goes again.
  for (const { name, value } of bubble.attributes) old.setAttribute(name, value);
}

function playBubble(bubble, own) {
  const list = byId("messages");
  if (!list) return;
  const { column } = bubble.dataset;
  if (column && !byId(`l-${column}`)) return; // its columns are not on this page
  const old = byId(bubble.id);
  if (old?.querySelector(".editor") && !own) return; // never over what somebody is typing
  if (own && old && isRunning(bubble)) return; // the socket was quicker, and knows more
  showRunning(bubble, list);
  if ("grown" in bubble.dataset && !(old && isRunning(old))) return; // it is not on this page, or has ended here before
  announce(old, bubble);
  if ("grown" in bubble.dataset && isStale()) return; // the text that is here is not the one that has ended
  const left = !column && !bubble.querySelector(".editor") && old?.closest(".lineup");
  const stays = !left && bodyOf(old) && bodyOf(bubble) && !old.querySelector(".editor");
  if (stays) retell(old, bubble);
  else if (left) left.replaceWith(bubble);
  else if (column && !old) tell("parley:column", bubble);
  else if (old) old.replaceWith(bubble);
  else place(bubble, list, own);
  const shown = stays ? old : bubble;
  htmx.process(shown);
  byId("conversation-empty")?.remove();
}

/** The columns' frame comes before what stands in them (lineup.js); where there is one, that stays. */
function playLineup(lineup, own) {
  const old = byId(lineup.id);
  if (old) tell("parley:lineup", { old, lineup });
  else if (byId("messages")) place(lineup, byId("messages"), own);
  if (lineup.isConnected) htmx.process(lineup);
}

function remember(element) {
  const conversation = byId("conversation");
  const cursor = Number(element.getAttribute("c"));
  if (conversation && cursor > Number(conversation.dataset.cursor)) conversation.dataset.cursor = cursor;
}

function replace(element) {
  const old = byId(element.id);
  if (!old || (old.contains(document.activeElement) && document.activeElement.matches("input, textarea"))) return;
  old.replaceWith(element);
  htmx.process(element);
}

function playElement(element, own) {
  tell("parley:piece", { element, own });
  const name = element.localName;
  if (element.hasAttribute("c")) remember(element);
  if (name === "parley-thought") byId(`m-${element.getAttribute("m")}-thoughts`)?.append(element.getAttribute("h"));
  else if (name === "parley-gone") byId(`m-${element.getAttribute("m")}`)?.remove();
  else if (name === "parley-go") visit(element.getAttribute("href"));
  else if (name === "parley-reset") tell("parley:reset");
  else if (element.matches("article[data-message]")) playBubble(element, own);
  else if (element.matches("[data-lineup]")) playLineup(element, own);
  else if (element.hasAttribute("hx-swap-oob")) htmx.swap("body", element.outerHTML, { swapStyle: "none" });
  else if (["title", "follow-ups"].includes(element.id) && element.dataset.of === shownSession()) replace(element);
}

/** `isLeft`: the answer is for a conversation that one has left since; only the list and the toasts hear of it. */
function play(html, { own = false, isLeft = false } = {}) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const elements = [...template.content.children].filter((element) => !isLeft || element.matches(ANYWHERE));
  for (const element of elements) playElement(element, own);
  if (elements.some((element) => element.matches("article, parley-gone, [data-lineup]"))) showState();
  tell("parley:played", { own });
}

/** Of replies below the window only what is told of them is known. */
function showRunning(bubble, list) {
  if (bubble.dataset.role !== "assistant" || !list.querySelector("[data-newer]")) return;
  byId("pane")?.toggleAttribute("data-running", isRunning(bubble));
}

/** Replies run only at the end, so the last few bubbles tell. */
function showState() {
  if (document.querySelector("#messages > [data-newer]")) return;
  const newest = [...document.querySelectorAll("#messages .message")].slice(-12);
  byId("pane")?.toggleAttribute("data-running", newest.some(isRunning));
}

document.addEventListener("parley:frame", (event) => play(event.detail.html));
/** The answer to what was asked in the pane is for that pane, or for the same conversation in a newer one. */
const isLeft = ({ from }) => from && from.pane !== byId("pane") && !(from.session && from.session === shownSession());
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (!detail.elt.closest("#pane")) return;
  detail.from = { pane: byId("pane"), session: shownSession() };
  // Nor does it lead one away from where one has gone instead.
  const stay = (event) => event.detail.xhr.getResponseHeader("HX-Location") && isLeft(detail) && event.preventDefault();
  detail.elt.addEventListener("htmx:beforeOnLoad", stay, { once: true });
});
// A form or button marked data-frames gets a frame as its answer; within it, what is marked data-fragment does not.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  if (!requestConfig?.elt.closest("[data-frames], [data-fragment]")?.matches("[data-frames]")) return;
  if (xhr.status < 300 || isLeft(requestConfig)) event.detail.shouldSwap = false;
  if (xhr.status < 300) play(xhr.responseText, { own: true, isLeft: isLeft(requestConfig) });
});
document.addEventListener("htmx:load", (event) => {
  for (const template of event.detail.elt.querySelectorAll("template[data-frame]")) {
    template.remove();
    play(template.innerHTML);
  }
});
document.addEventListener("htmx:afterSettle", showState);
