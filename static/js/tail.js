// The text of a reply that is being written. The server sends only what is new of its open end, the tail.

const tails = new WeakMap(); // message body -> the tail: its HTML, as the server knows it, and how many nodes it is

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
  } else if (old.localName === "details" && fresh.localName === "details") {
    goOn(old, fresh);
  } else if (old.nodeType === Node.ELEMENT_NODE && old.cloneNode(false).isEqualNode(fresh.cloneNode(false))) {
    patch(old, fresh);
  } else {
    old.replaceWith(fresh.cloneNode(true));
  }
}

/** A step that goes on: what one has opened stays open, and what asked is folded when it has its answer. */
function goOn(old, fresh) {
  const asked = old.dataset.state === "asks" && fresh.dataset.state !== "asks";
  if (old.open && !asked) fresh.open = true;
  for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
  old.open = fresh.open;
  patch(old, fresh);
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
  if (isStale()) return;
  const id = element.getAttribute("m");
  const body = document.querySelector(`#m-${id}:is([data-status="pending"], [data-status="streaming"]) > .message__body`);
  if (!body) return; // it is not on this page, or has ended
  const tail = tails.get(body) ?? { html: "", size: 0 };
  const keep = Number(element.getAttribute("k"));
  if (keep > tail.html.length || (body.hasChildNodes() && !tails.has(body))) {
    document.dispatchEvent(new CustomEvent("parley:reset")); // what is here is not what the server means
    return;
  }
  tails.set(body, tail);
  const html = tail.html.slice(0, keep) + element.getAttribute("h");
  const next = parsed(html);
  if (element.localName === "parley-settled") {
    const asks = next.querySelector("[hx-post]");
    settle(body, tail, next.childNodes);
    if (asks) htmx.process(body);
  } else {
    tail.html = html;
    const size = next.childNodes.length;
    patch(body, next, body.childNodes.length - tail.size);
    tail.size = size;
  }
}

texts.patch = patch;
/** As `patch`, for some of an element's nodes; `add` puts in what is too many for their places. */
texts.fit = (live, fresh, add) => {
  fresh.forEach((node, i) => (i < live.length ? patchNode(live[i], node) : add(node)));
  live.slice(fresh.length).forEach((node) => node.remove());
};
/** The server tells this text from its beginning on: all that is here is open, and what it says the same stays. */
texts.regrow = (body) => tails.set(body, { html: "", size: body.childNodes.length });

document.addEventListener("parley:piece", (event) => {
  if (["parley-settled", "parley-tail"].includes(event.detail.element.localName)) play(event.detail.element);
});
