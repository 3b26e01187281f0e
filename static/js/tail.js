// The text of a reply that is being written. The server sends only what is new of its open end, the tail.

const tails = new Map(); // message id -> the tail: its HTML, as the server knows it, and how many nodes at the end it is

/** Makes the children of `parent` from the one at `start` on equal to `next`'s, keeping what is there:
    a selection survives, and only the end is laid out anew. */
function patch(parent, next, start = 0) {
  const live = parent.childNodes;
  const shared = Math.min(live.length - start, next.childNodes.length);
  for (let i = 0; i < shared; i += 1) patchNode(live[start + i], next.childNodes[i]);
  while (live.length - start > next.childNodes.length) parent.lastChild.remove();
  parent.append(...[...next.childNodes].slice(shared));
}

function patchNode(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType === Node.TEXT_NODE && fresh.nodeType === Node.TEXT_NODE) {
    if (fresh.data.startsWith(old.data)) old.appendData(fresh.data.slice(old.data.length));
    else old.data = fresh.data;
  } else if (old.nodeType === Node.ELEMENT_NODE && old.cloneNode(false).isEqualNode(fresh.cloneNode(false))) {
    patch(old, fresh);
  } else {
    old.replaceWith(fresh.cloneNode(true));
  }
}

/** What the server means: the beginning of the tail that it knows, and what follows there. */
function htmlOf(element, tail) {
  const keep = Number(element.getAttribute("k"));
  if (keep > tail.html.length) document.dispatchEvent(new CustomEvent("parley:reset"));
  return tail.html.slice(0, keep) + element.getAttribute("h");
}

function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

/** Blocks that closed: the tail's first nodes become them, and are its own no longer. */
function settle(body, tail, blocks) {
  for (const block of [...blocks]) {
    if (tail.size === 0) {
      body.append(block);
    } else {
      patchNode(body.childNodes[body.childNodes.length - tail.size], block);
      tail.size -= 1;
    }
  }
}

function play(element) {
  const id = element.getAttribute("m");
  const body = document.querySelector(`#m-${id}:is([data-status="pending"], [data-status="streaming"]) > .message__body`);
  if (!body) return; // it is not on this page, or has ended
  const tail = tails.get(id) ?? { html: "", size: 0 };
  tails.set(id, tail);
  const html = htmlOf(element, tail);
  const next = parsed(html);
  if (element.localName === "parley-settled") {
    settle(body, tail, next.childNodes);
  } else {
    tail.html = html;
    const size = next.childNodes.length;
    patch(body, next, body.childNodes.length - tail.size);
    tail.size = size;
  }
}

document.addEventListener("parley:piece", (event) => {
  const { element } = event.detail;
  if (["parley-settled", "parley-tail"].includes(element.localName)) play(element);
  else if (element.matches("article[data-message]")) tails.delete(element.dataset.message);
});
