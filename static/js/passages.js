// Passages of a message's text: described by what they say and what stands around them, and found again by it.
// Mirrors chat/passages.py: letters, digits and symbols are compared; punctuation, space and markup are not.

const LETTER = /[\p{L}\p{M}\p{N}\p{So}]/u;
const APART = "button, figcaption, annotation, .unseen, .steps"; // on the screen, but no text of the message
const BLOCKS = "p, li, pre, td, th, dt, dd, h1, h2, h3, h4, h5, h6, blockquote, .message__body";
const CONTEXT = 64;
const EDGE = 24;

/** The text of a message's body, and where in it each text node begins. */
function readBody(body) {
  const accept = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return NodeFilter.FILTER_ACCEPT;
    return node.matches(APART) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP;
  };
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT, accept);
  const pieces = [];
  let text = "";
  let block = null;
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const its = node.parentElement.closest(BLOCKS);
    if (block && its !== block) text += "\n";
    block = its;
    pieces.push({ node, at: text.length });
    text += node.data;
  }
  return { text, pieces };
}

function bare(text) {
  let letters = "";
  const places = [];
  let at = 0;
  for (const character of text) {
    if (LETTER.test(character)) {
      for (let unit = 0; unit < character.length; unit += 1) places.push(at + unit);
      letters += character;
    }
    at += character.length;
  }
  return { letters, places };
}

function* finds(text, wanted) {
  for (let at = wanted ? text.indexOf(wanted) : -1; at >= 0; at = text.indexOf(wanted, at + 1)) yield at;
}

function byEdges({ letters, places }, quote) {
  const [head, tail] = [quote.slice(0, EDGE), quote.slice(-EDGE)];
  if (quote.length < 2 * EDGE) return [];
  return [...finds(letters, head)].flatMap((start) => {
    const end = letters.indexOf(tail, start + EDGE);
    return end < 0 ? [] : [[places[start], places[end + tail.length - 1] + 1]];
  });
}

function between({ letters, places }, passage) {
  const [before, after] = [bare(passage.prefix).letters.slice(-EDGE), bare(passage.suffix).letters.slice(0, EDGE)];
  if (before.length < 4 || after.length < 4) return [];
  return [...finds(letters, before)].flatMap((start) => {
    const first = start + before.length;
    const last = letters.indexOf(after, first);
    return last > first && last - first < 4 * passage.quote.length + 100 ? [[places[first], places[last - 1] + 1]] : [];
  });
}

const shared = (one, other) => {
  let same = 0;
  while (same < Math.min(one.length, other.length) && one[same] === other[same]) same += 1;
  return same;
};
const reversed = (text) => [...text].reverse().join("");

/** How many letters around the span are those that stood around the passage. */
function fit(text, [start, end], passage) {
  const before = bare(text.slice(Math.max(0, start - 4 * CONTEXT), start)).letters;
  const after = bare(text.slice(end, end + 4 * CONTEXT)).letters;
  return shared(reversed(bare(passage.prefix).letters), reversed(before)) + shared(bare(passage.suffix).letters, after);
}

function spanOf(text, passage) {
  let spans = [...finds(text, passage.quote)].map((at) => [at, at + passage.quote.length]);
  const [whole, quote] = spans.length ? [] : [bare(text), bare(passage.quote).letters];
  if (quote) spans = [...finds(whole.letters, quote)].map((at) => [whole.places[at], whole.places[at + quote.length - 1] + 1]);
  if (quote && !spans.length) spans = byEdges(whole, quote);
  if (whole && !spans.length) spans = between(whole, passage);
  return spans.sort((one, other) => fit(text, other, passage) - fit(text, one, passage))[0];
}

function rangeOf({ pieces }, [start, end]) {
  const range = document.createRange();
  const first = pieces.findLast((piece) => piece.at <= start);
  const last = pieces.findLast((piece) => piece.at < end);
  range.setStart(first.node, Math.min(start - first.at, first.node.length));
  range.setEnd(last.node, Math.min(end - last.at, last.node.length));
  return range;
}

/** The range in `body` of a passage {quote, prefix, suffix}; null if it is not there. */
passages.find = (body, passage) => {
  const read = readBody(body);
  const span = spanOf(read.text, passage);
  return span ? rangeOf(read, span) : null;
};

/** What a selected range of `body` says, and what stands around it; null for nothing. */
passages.describe = (body, range) => {
  const { text, pieces } = readBody(body);
  const inside = pieces.filter(({ node }) => range.intersectsNode(node));
  if (!inside.length) return null;
  const [first, last] = [inside[0], inside.at(-1)];
  const start = first.at + (range.startContainer === first.node ? range.startOffset : 0);
  const end = last.at + (range.endContainer === last.node ? range.endOffset : last.node.length);
  const raw = text.slice(start, end);
  const from = start + raw.length - raw.trimStart().length;
  const to = end - (raw.length - raw.trimEnd().length);
  if (from >= to) return null;
  return { quote: text.slice(from, to), prefix: text.slice(Math.max(0, from - CONTEXT), from), suffix: text.slice(to, to + CONTEXT) };
};
