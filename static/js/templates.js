// Rows of a template's messages come and go; a dialog closes when a link in it leads on.

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
    byId("template-texts").dispatchEvent(new Event("input", { bubbles: true }));
  }
});
