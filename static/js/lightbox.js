// Pictures open large: in a dialog with the conversation's other pictures beside, zoom, and the way back.

const dialog = byId("lightbox");
const stage = dialog.querySelector(".lightbox__stage");
const picture = stage.querySelector("img");
let links = [];
let at = 0;

function show(index) {
  at = (index + links.length) % links.length;
  const inner = links[at].querySelector("img");
  picture.removeAttribute("src"); // the last one must not stand there while the next one comes
  picture.src = links[at].href;
  picture.alt = inner?.alt ?? links[at].textContent.trim();
  delete stage.dataset.zoomed;
  dialog.querySelector("[data-zoom]").setAttribute("aria-pressed", "false");
  byId("lightbox-name").textContent = picture.alt;
  byId("lightbox-place").textContent = links.length > 1 ? `${at + 1} / ${links.length}` : "";
  byId("lightbox-original").href = links[at].href;
  for (const button of dialog.querySelectorAll("[data-step]")) button.hidden = links.length < 2;
}

/** Twice as large, or as large as it is, around the place that was pressed. */
function zoom(x = 0.5, y = 0.5) {
  if (stage.toggleAttribute("data-zoomed")) {
    stage.style.setProperty("--large", `${Math.max(picture.naturalWidth, stage.clientWidth * 2)}px`);
    stage.scrollLeft = stage.scrollWidth * x - stage.clientWidth / 2;
    stage.scrollTop = stage.scrollHeight * y - stage.clientHeight / 2;
  }
  dialog.querySelector("[data-zoom]").setAttribute("aria-pressed", String("zoomed" in stage.dataset));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-lightbox]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return; // a tab of its own
  event.preventDefault();
  links = [...(link.closest("#messages") ?? link.parentElement).querySelectorAll("a[data-lightbox]")];
  show(links.indexOf(link));
  dialog.showModal();
});
dialog.addEventListener("click", (event) => {
  const step = event.target.closest("[data-step]");
  if (step) show(at + Number(step.dataset.step));
  else if (event.target.closest("[data-zoom]")) zoom();
  else if (event.target === picture) zoom(event.offsetX / picture.width, event.offsetY / picture.height);
  else if (event.target === stage || event.target === dialog) dialog.close();
});
dialog.addEventListener("keydown", (event) => {
  if (event.key === "ArrowRight" && !("zoomed" in stage.dataset)) show(at + 1);
  else if (event.key === "ArrowLeft" && !("zoomed" in stage.dataset)) show(at - 1);
  else if (["+", "-", "z"].includes(event.key)) zoom();
});
// Back at the picture that is on show now, which need not be the one that was opened.
dialog.addEventListener("close", () => {
  picture.removeAttribute("src");
  links[at]?.focus();
  links = [];
});
