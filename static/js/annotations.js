// Notes and their passages: highlighted in the text, which stays as it is; laid out in the margin where there is one.

const GAP = 8;
const ranges = new Map(); // the id of a note -> the range of its passage
let due = 0;

const notesOf = () => [...document.querySelectorAll("#messages .message > .notes:not([hidden])")];
const bodyOf = (notes) => notes.parentElement.querySelector(":scope > .message__body");
const idsHere = () => new Set([...document.querySelectorAll("#messages .note")].map((note) => note.dataset.note));

function paint(name, list) {
  if (globalThis.Highlight) CSS.highlights.set(name, new Highlight(...list));
}

/** Finds the passages of the notes that are new here, and forgets those of the notes that went. */
function refresh() {
  due = 0;
  const here = idsHere();
  byId("pane")?.toggleAttribute("data-noted", notesOf().length > 0);
  for (const [id, range] of ranges) if (!here.has(id) || !range.startContainer.isConnected) ranges.delete(id);
  for (const notes of notesOf()) {
    for (const button of notes.querySelectorAll("[data-passage]:not(:disabled)")) {
      const id = button.closest(".note").dataset.note;
      const passage = { quote: button.textContent, prefix: button.dataset.prefix, suffix: button.dataset.suffix };
      const range = ranges.has(id) ? null : passages.find(bodyOf(notes), passage);
      if (range) ranges.set(id, range);
    }
  }
  paint("note", ranges.values());
  arrange();
}

/** In the margin each note stands beside its passage, or below the note before it; none covers another. */
function arrange() {
  let free = -Infinity;
  for (const notes of notesOf()) {
    if (getComputedStyle(notes).position !== "absolute") continue;
    const top = notes.getBoundingClientRect().top;
    const wished = [...notes.querySelectorAll(".note")].map((note) => {
      const range = ranges.get(note.dataset.note);
      return { note, at: range ? range.getBoundingClientRect().top : top };
    });
    for (const { note, at } of wished.sort((one, other) => one.at - other.at)) {
      const place = Math.max(at, free);
      note.style.insetBlockStart = `${place - top}px`;
      free = place + note.offsetHeight + GAP;
    }
  }
}

const soon = () => {
  due ||= requestAnimationFrame(refresh);
};

function activate(id) {
  for (const note of document.querySelectorAll(".note[data-active]")) if (note.dataset.note !== id) delete note.dataset.active;
  if (id) byId(`note-${id}`)?.setAttribute("data-active", "");
  paint("note-active", ranges.has(id) ? [ranges.get(id)] : []);
}

/** The note whose passage is at that point of the screen. */
function noteAt(event) {
  if (!ranges.size || !event.target.closest?.(".message__body")) return "";
  const { clientX: x, clientY: y } = event;
  const holds = (box) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
  const body = event.target.closest(".message__body");
  const own = [...ranges].filter(([, range]) => body.contains(range.startContainer));
  return own.find(([, range]) => [...range.getClientRects()].some(holds))?.[0] ?? "";
}

document.addEventListener("pointermove", (event) => {
  if (ranges.size && event.pointerType === "mouse") activate(event.target.closest?.(".note")?.dataset.note ?? noteAt(event));
});
document.addEventListener("focusin", (event) => ranges.size && activate(event.target.closest?.(".note")?.dataset.note ?? ""));
document.addEventListener("click", (event) => {
  const id = event.target.closest("[data-passage]")?.closest(".note").dataset.note;
  if (id) ranges.get(id)?.startContainer.parentElement.scrollIntoView({ block: "nearest" });
  const touched = getSelection().isCollapsed && noteAt(event);
  if (touched) byId(`note-${touched}`)?.scrollIntoView({ block: "nearest" });
  if (id || touched) activate(id || touched);
});
document.addEventListener("parley:piece", ({ detail: { element } }) => {
  // Text that is about to change takes its ranges along to nowhere: they are found again.
  const told = element.matches("article") && byId(element.id);
  if (told) for (const [id, range] of ranges) if (told.contains(range.startContainer)) ranges.delete(id);
  if (element.matches("article, .notes, parley-gone")) soon();
});
document.addEventListener("parley:passage", (event) => paint("note-active", event.detail ? [event.detail] : []));
document.addEventListener("htmx:afterSettle", soon);
document.addEventListener("parley:window", soon);
let watched = null;
const resized = new ResizeObserver(() => ranges.size + notesOf().length && arrange());
document.addEventListener("htmx:afterSettle", () => {
  if (byId("messages") === watched) return;
  watched = byId("messages");
  resized.disconnect();
  if (watched) resized.observe(watched);
});
if (byId("messages")) resized.observe((watched = byId("messages")));
soon();
