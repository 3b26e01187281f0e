// The sidebar's width: by drag, by arrow keys, back to what it was by double click; kept per browser.

const USUAL = 280;
const STEP = 16;
const LEAST = 208;
const MOST = 480;
const KEY = "parley:sidebar-width"; // early.js reads it too

function resize(width) {
  const resizer = byId("resizer");
  const fitting = Math.round(Math.min(MOST, innerWidth / 2, Math.max(LEAST, width)));
  document.documentElement.style.setProperty("--sidebar", `${fitting}px`);
  resizer?.setAttribute("aria-valuenow", fitting);
  store(KEY, fitting === USUAL ? "" : String(fitting));
}

const width = () => byId("sidebar").getBoundingClientRect().width;
const isRightToLeft = () => getComputedStyle(document.documentElement).direction === "rtl";

document.addEventListener("pointerdown", (event) => {
  if (event.target.id !== "resizer" || event.button !== 0) return;
  event.preventDefault();
  event.target.focus({ focusVisible: false });
  event.target.setPointerCapture(event.pointerId);
  event.target.dataset.dragging = "";
});
document.addEventListener("pointermove", (event) => {
  if (!(event.target.id === "resizer" && "dragging" in event.target.dataset)) return;
  resize(isRightToLeft() ? innerWidth - event.clientX : event.clientX);
});
for (const name of ["pointerup", "pointercancel"]) {
  document.addEventListener(name, (event) => event.target.id === "resizer" && delete event.target.dataset.dragging);
}
document.addEventListener("dblclick", (event) => event.target.id === "resizer" && resize(USUAL));
document.addEventListener("keydown", (event) => {
  if (event.target.id !== "resizer") return;
  const wider = isRightToLeft() ? "ArrowLeft" : "ArrowRight";
  const narrower = isRightToLeft() ? "ArrowRight" : "ArrowLeft";
  const wanted = { [wider]: width() + STEP, [narrower]: width() - STEP, Home: LEAST, End: MOST, Enter: USUAL }[event.key];
  if (wanted === undefined) return;
  event.preventDefault();
  resize(wanted);
});
const kept = Number(load(KEY));
if (kept) byId("resizer")?.setAttribute("aria-valuenow", kept);
