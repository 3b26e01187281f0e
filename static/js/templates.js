// Rows of a template's messages come and go; a dialog closes when a link in it leads on.

let asked = ""; // what was said of the variables when the server was asked which there are
const said = () => JSON.stringify([...new FormData(byId("template-form"))].filter(([name]) => name.startsWith("variable")));
const tellTexts = () => byId("template-texts").dispatchEvent(new Event("input", { bubbles: true }));

document.addEventListener("click", (event) => {
  event.target.closest("[data-leaves-dialog]")?.closest("dialog")?.close();
  if (event.target.closest("[data-add-message]")) {
    const rows = byId("template-messages");
    const before = rows.lastElementChild?.querySelector("select").value;
    const row = byId("template-message-row").content.firstElementChild.cloneNode(true);
    row.querySelector("select").value = before === "user" ? "assistant" : "user";
    rows.append(row);
    row.querySelector("textarea").focus();
  }
  const remove = event.target.closest("[data-remove-message]");
  if (remove) {
    const row = remove.closest("li");
    const next = row.nextElementSibling ?? row.previousElementSibling;
    row.remove();
    (next?.querySelector("textarea") ?? document.querySelector("[data-add-message]")).focus();
    tellTexts();
  }
});
// What is filled in at the beginning is sent as messages are: by Enter, while Shift+Enter makes a new line.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229 || !event.target.matches?.("textarea.input--line")) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.elt.id === "template-variables") asked = said();
});
// What was typed there since is not replaced by what stood there before: the server is asked once more.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id !== "template-variables" || said() === asked) return;
  detail.shouldSwap = false;
  tellTexts();
});
