// Files for the message being written: chosen, dropped anywhere, or pasted. upload.js sends them.

const LONG_PASTE = 4000; // characters; more than that reads better as a file beside the message
const DRAG_ENDS_AFTER = 250; // a drag says all the time that it goes on, but not always that it has left
let pasted = 0;
let dragTimer = 0;

const composer = () => document.querySelector("[data-composer]");
const input = () => document.querySelector("[data-attach]");
const attach = (files) => composer() && files.length && tell("parley:files", [...files]);

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-attach]")) return;
  attach(event.target.files);
  event.target.value = ""; // the same file may be chosen again
});

/** What a clipboard holds as files. Of cells or words that were copied a picture comes along: the words are meant. */
function filesOf(clipboard) {
  return clipboard.getData("text/plain").trim() ? [] : [...clipboard.files];
}

document.addEventListener("paste", (event) => {
  const isElsewhere = event.target.closest?.("input, textarea, [contenteditable]") && !event.target.closest("[data-composer]");
  if (!composer() || isElsewhere || document.querySelector("dialog[open]")) return;
  const files = filesOf(event.clipboardData);
  const text = event.clipboardData.getData("text/plain");
  const isLong = text.length > LONG_PASTE && event.target.matches("#composer-text");
  if (!files.length && !isLong) return;
  event.preventDefault();
  attach(files.length ? files : [asFile(text)]);
});

function asFile(text) {
  pasted += 1;
  const name = `${input().dataset.pasted}${pasted > 1 ? ` ${pasted}` : ""}.txt`;
  return new File([text], name, { type: "text/plain" });
}

/** The text of a file goes to where the caret is, and the file goes. */
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-inline]");
  if (!button) return;
  button.disabled = true;
  const answer = await fetch(button.dataset.inline).catch(() => null);
  if (!answer?.ok) {
    button.disabled = false;
    tell("parley:toast", byId("toasts").dataset[answer ? "gone" : "unreachable"]);
    return;
  }
  const words = await answer.text();
  if (!button.isConnected) return; // one has gone elsewhere, or has sent it
  const text = byId("composer-text");
  text.focus();
  text.setRangeText(words, text.selectionStart, text.selectionEnd, "end");
  text.dispatchEvent(new Event("input", { bubbles: true }));
  button.closest(".chip").querySelector("[data-detach]").click();
  text.focus();
});

const hasFiles = (event) => event.dataTransfer?.types.includes("Files") && composer() && !document.querySelector("dialog[open]");

function showDrop(isShown) {
  clearTimeout(dragTimer);
  const drop = byId("drop");
  if (drop) drop.hidden = !isShown;
  if (isShown) dragTimer = setTimeout(showDrop, DRAG_ENDS_AFTER, false);
}

document.addEventListener("dragover", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "copy";
  showDrop(true);
});
document.addEventListener("dragleave", (event) => event.relatedTarget || showDrop(false));
document.addEventListener("drop", (event) => {
  showDrop(false);
  if (!hasFiles(event)) return;
  event.preventDefault();
  attach(event.dataTransfer.files);
  byId("composer-text")?.focus();
});
