// The view follows the stream only while one is at the bottom, and does not jump when older messages come in.

const NEAR = 48; // pixels from the end that still count as the end
let isPinned = true;
let watched = null;
let before = null; // a message on the screen and where it stood, before older ones come in above it

const scroller = () => document.getElementById("scroller");
const jump = () => document.getElementById("jump");
const toEnd = () => scroller()?.scrollTo({ top: scroller().scrollHeight, behavior: "instant" });

const resized = new ResizeObserver(() => {
  if (isPinned) toEnd();
  else update();
});

function update() {
  const box = scroller();
  if (!box || !jump()) return;
  const distance = box.scrollHeight - box.scrollTop - box.clientHeight;
  jump().hidden = distance < 240;
  if (distance < NEAR) delete jump().dataset.new;
}

function scrolled() {
  const box = scroller();
  isPinned = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
  update();
}

/** Once for each conversation that comes on show. */
function watch() {
  const list = document.getElementById("messages");
  if (!list || list === watched) return;
  const isSame = watched && watched.dataset.session === list.dataset.session;
  watched = list;
  resized.disconnect();
  resized.observe(list);
  scroller().addEventListener("scroll", scrolled, { passive: true });
  if (!isSame) isPinned = true;
  const target = location.hash.startsWith("#m-") && document.getElementById(location.hash.slice(1));
  if (target) {
    isPinned = false;
    target.scrollIntoView({ block: "center" });
  } else if (isPinned) toEnd();
}

document.addEventListener("parley:played", (event) => {
  if (event.detail.own && event.target === document && document.activeElement?.closest("[data-composer]")) isPinned = true;
  if (isPinned) toEnd();
  else if (jump() && !jump().hidden) jump().dataset.new = "";
});
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.target.matches("[data-older]")) return;
  const top = scroller().getBoundingClientRect().top;
  const element = [...document.querySelectorAll("#messages > .message")].find((m) => m.getBoundingClientRect().bottom > top);
  before = element && { element, top: element.getBoundingClientRect().top };
});
document.addEventListener("htmx:afterSwap", () => {
  if (!before) return;
  scroller().scrollTop += before.element.getBoundingClientRect().top - before.top;
  before = null;
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("#jump")) return;
  isPinned = true;
  toEnd();
  update();
});
document.addEventListener("htmx:afterSettle", watch);
watch();
