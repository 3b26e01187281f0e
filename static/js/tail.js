// The open end of a reply that is being written. The server sends only what is new of it.

const tails = new Map(); // message id -> the HTML of its open tail, as the server knows it
const byId = (id) => document.getElementById(id);

/** Makes `live` equal to `next`, keeping what is there: a selection survives, and only the end is laid out anew. */
function patch(live, next) {
  const shared = Math.min(live.childNodes.length, next.childNodes.length);
  for (let i = 0; i < shared; i += 1) patchNode(live.childNodes[i], next.childNodes[i]);
  while (live.childNodes.length > next.childNodes.length) live.lastChild.remove();
  live.append(...[...next.childNodes].slice(shared));
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

function play(element) {
  const id = element.getAttribute("m");
  const keep = Number(element.getAttribute("k"));
  const tail = byId(`m-${id}-tail`);
  if (!tail) return; // a message that is not on this page
  if (keep > 0 && !tails.has(id)) {
    document.dispatchEvent(new CustomEvent("parley:reset"));
    return;
  }
  const html = (tails.get(id) ?? "").slice(0, keep) + element.getAttribute("h");
  tails.set(id, html);
  const next = document.createElement("template");
  next.innerHTML = html;
  patch(tail, next.content);
}

document.addEventListener("parley:piece", (event) => {
  const { element } = event.detail;
  if (element.localName === "parley-tail") play(element);
  else if (element.localName === "parley-settled") byId(`m-${element.getAttribute("m")}-settled`)?.append(...element.childNodes);
  else if (element.matches("article[data-message]")) tails.delete(element.dataset.message);
});
