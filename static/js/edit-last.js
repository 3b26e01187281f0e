// ↑ in an empty box opens what one said last for editing (editing.js); one who came so goes back into the box.

let opened = ""; // the message whose editor was asked for
let isOpen = false;

const isPlain = (event) => !(event.shiftKey || event.ctrlKey || event.altKey || event.metaKey || event.isComposing);

document.addEventListener("keydown", (event) => {
  if (event.key !== "ArrowUp" || event.target.id !== "composer-text" || event.defaultPrevented || !isPlain(event)) return;
  if (event.target.value || event.target.form.querySelector(".chip") || byId("messages")?.querySelector("[data-newer]")) return;
  const said = [...document.querySelectorAll("#messages > .message--user")].at(-1);
  const link = said?.querySelector("[data-action='edit']");
  if (!link) return;
  event.preventDefault();
  opened = said.id;
  isOpen = false;
  link.click();
});
document.addEventListener("parley:played", () => {
  if (!opened) return;
  const editor = byId(opened)?.querySelector(".editor");
  if (editor) isOpen = true;
  if (editor || !isOpen) return;
  opened = "";
  byId("composer-text")?.focus({ preventScroll: true });
});
