// A long press on a message opens its menu as a sheet. On text the browser's own selection comes first.

const HOLD = 550; // milliseconds: later than the browser's own long press, so that its selection is there to be seen
const SLIP = 10; // pixels that a resting finger may move
let timer = 0;
let start = null;
let isOpened = false;

const end = () => clearTimeout(timer);

function hold(bubble) {
  if (!getSelection().isCollapsed) return;
  isOpened = true;
  tell("parley:sheet", bubble);
}

document.addEventListener("pointerdown", (event) => {
  isOpened = false;
  end();
  if (event.pointerType !== "touch" || !event.isPrimary) return;
  const bubble = event.target.closest(".message:has(> .foot)");
  if (!bubble || event.target.closest("a, button, input, textarea, summary, .editor")) return;
  start = event;
  timer = setTimeout(() => hold(bubble), HOLD);
});
document.addEventListener("pointermove", (event) => {
  if (start && Math.hypot(event.clientX - start.clientX, event.clientY - start.clientY) > SLIP) end();
});
for (const name of ["pointerup", "pointercancel", "scroll"]) document.addEventListener(name, end, true);
// The browser's menu for images and links stays, but not on top of ours.
document.addEventListener("contextmenu", (event) => isOpened && event.preventDefault());
