// Marks words in the messages that are loaded, without touching them (CSS Custom Highlight API).

const MOST = 2000; // marks; a browser draws them all
let pattern = null;
let now = null; // [message id, which of its marks]
let isDue = false;

const canMark = Boolean(globalThis.CSS?.highlights);

/** The words as they are, whatever their case: in the whole text of a message, across its elements. */
function patternOf(words) {
  const literal = words.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&").replace(/\s+/g, "\\s+");
  return new RegExp(literal, "giu");
}

/** Ranges of all places in `body` that the pattern fits. */
function rangesIn(body) {
  // What tools did stands between its passages, and is not what was said.
  const accept = (node) => (node.parentElement.closest(".steps") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT, accept);
  const nodes = [];
  let text = "";
  while (walker.nextNode()) {
    nodes.push({ node: walker.currentNode, start: text.length });
    text += walker.currentNode.data;
  }
  const ranges = [];
  let at = 0;
  const place = (offset, isEnd) => {
    while (at + 1 < nodes.length && nodes[at + 1].start + (isEnd ? 0 : -1) < offset) at += 1;
    return [nodes[at].node, offset - nodes[at].start];
  };
  for (const match of text.matchAll(pattern)) {
    const range = new Range();
    range.setStart(...place(match.index, false));
    range.setEnd(...place(match.index + match[0].length, true));
    ranges.push(range);
    if (ranges.length >= MOST) break;
  }
  return ranges;
}

const marksOf = (id) => {
  const body = pattern && document.querySelector(`#messages .message[data-message="${CSS.escape(id)}"] > .message__body`);
  return body ? rangesIn(body) : [];
};

function draw() {
  isDue = false;
  if (!canMark) return;
  CSS.highlights.delete("find");
  CSS.highlights.delete("find-now");
  if (!pattern) return;
  const all = [];
  for (const body of document.querySelectorAll("#messages .message > .message__body")) {
    if (all.length < MOST) all.push(...rangesIn(body));
  }
  CSS.highlights.set("find", new Highlight(...all.slice(0, MOST)));
  const current = now && marksOf(now[0])[now[1]];
  if (!current) return;
  const highlight = new Highlight(current);
  highlight.priority = 1;
  CSS.highlights.set("find-now", highlight);
}

/** A reply that grows, or a page that comes in, is marked too, but not for every token. */
function drawSoon() {
  if (isDue || !pattern) return;
  isDue = true;
  setTimeout(draw, 250);
}

document.addEventListener("parley:mark", ({ detail }) => {
  pattern = detail.words ? patternOf(detail.words) : null;
  now = null;
  draw();
});
// Which mark of which message is the one in question; it tells how many there are, and brings it into view.
document.addEventListener("parley:mark-now", ({ detail }) => {
  const ranges = marksOf(detail.id);
  detail.count = ranges.length;
  detail.index = detail.index < 0 ? ranges.length - 1 : Math.min(detail.index, ranges.length - 1);
  now = [detail.id, detail.index];
  draw();
  const range = ranges[detail.index];
  const box = range?.getBoundingClientRect();
  const view = byId("scroller").getBoundingClientRect();
  if (box && (box.top < view.top + 72 || box.bottom > view.bottom - 24)) byId("scroller").scrollTop += box.top - view.top - view.height / 3;
});
document.addEventListener("parley:window", drawSoon);
document.addEventListener("parley:played", drawSoon);
