// ↑ in an empty box opens what one said last for editing; Escape leaves an editor, and Ctrl+Enter sends it again.

const isPlain = (event) => !(event.shiftKey || event.ctrlKey || event.altKey || event.metaKey || event.isComposing);

function openLast(event) {
  const form = event.target.form;
  if (event.target.value || form.querySelector(".chip") || byId("messages")?.querySelector("[data-newer]")) return;
  const said = [...document.querySelectorAll("#messages > .message--user")].at(-1);
  const link = said?.querySelector('a[hx-get$="/edit/"]');
  if (!link) return;
  event.preventDefault();
  link.click();
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented) return;
  if (event.key === "ArrowUp" && event.target.id === "composer-text" && isPlain(event)) openLast(event);
  const editor = event.target.matches?.(".editor textarea") && event.target.form;
  if (!editor) return;
  if (event.key === "Escape" && isPlain(event)) {
    event.preventDefault();
    editor.querySelector("a[hx-get]").click();
  } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    editor.requestSubmit(editor.querySelector(".button--main"));
  }
});
document.addEventListener("htmx:afterSettle", (event) => {
  const { elt } = event.detail.requestConfig ?? {};
  if (elt?.matches?.(".editor a")) byId("composer-text")?.focus({ preventScroll: true });
  const field = elt?.matches?.('a[hx-get$="/edit/"]') && document.activeElement;
  if (field?.matches?.(".editor textarea")) field.setSelectionRange(field.value.length, field.value.length);
});
