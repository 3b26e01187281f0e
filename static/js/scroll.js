// The view follows the stream only while one is at the very end of the conversation.

const NEAR = 48; // pixels from the end that still count as the end
const AWAY = 240; // from here on there is a button back
const SHORT = 160; // of a question that stays in sight above the replies to it
const MARGIN = 20;
let isPinned = true;
let watched = null;

const scroller = () => byId("scroller");
const jump = () => byId("jump");
const distance = () => scroller().scrollHeight - scroller().scrollTop - scroller().clientHeight;
/** The window's end need not be the conversation's. */
const isLive = () => !document.querySelector("#messages > [data-newer]");

/** Replies side by side are read from their heads: the view stops there, unless one has gone on. */
function beginning() {
  const lineup = document.querySelector("#messages > .lineup:last-child");
  if (!lineup) return Infinity;
  const question = lineup.previousElementSibling;
  const first = question?.offsetHeight < SHORT ? question : lineup;
  const { scrollTop } = scroller();
  const place = Math.max(0, scrollTop + first.getBoundingClientRect().top - scroller().getBoundingClientRect().top - MARGIN);
  return place < scrollTop - 1 ? Infinity : place;
}

function pin(on) {
  isPinned = on;
  if (scroller()) scroller().dataset.pinned = on ? "yes" : "no";
}

function toEnd() {
  const box = scroller();
  if (!box) return;
  const place = beginning();
  box.scrollTo({ top: Math.min(box.scrollHeight, place), behavior: "instant" });
  if (place !== Infinity && distance() > NEAR) pin(false);
}

const resized = new ResizeObserver(() => {
  if (isPinned) toEnd();
  else update();
});

function update() {
  if (!scroller() || !jump()) return;
  const gap = distance();
  jump().hidden = gap < AWAY && isLive();
  if (gap < NEAR && isLive()) delete jump().dataset.new;
  byId("follow-ups")?.toggleAttribute("data-beyond", !isLive()); // the reply that they follow is not on the page
}

function scrolled() {
  pin(isLive() && distance() < NEAR);
  update();
}

/** Once for each window that is opened. */
function watch() {
  const list = byId("messages");
  if (!list || list === watched) return;
  watched = list;
  resized.disconnect();
  for (const box of [list, scroller()]) resized.observe(box); // a longer text in the composer makes room for itself
  scroller().removeEventListener("scroll", scrolled);
  scroller().addEventListener("scroll", scrolled, { passive: true });
  tell("parley:opened");
  update();
}

function toLiveEnd() {
  pin(isLive());
  if (isPinned) toEnd();
  update();
}

document.addEventListener("parley:played", (event) => {
  if (event.detail.own && document.activeElement?.closest("[data-composer]")) pin(isLive());
  if (isPinned) toEnd();
  else if (jump() && !jump().hidden && beginning() === Infinity) jump().dataset.new = "";
});
document.addEventListener("parley:pin", toLiveEnd);
document.addEventListener("parley:unpin", () => pin(false));
document.addEventListener("parley:window", update);
document.addEventListener("click", (event) => {
  if (event.target.closest("#jump")) tell("parley:newest");
});
document.addEventListener("htmx:afterSettle", watch);
watch();
