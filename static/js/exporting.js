// An export that was begun in a dialog is brought into sight; its file comes by itself when it is there, once.

document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (target.id === "export-outcome") target.scrollIntoView({ block: "nearest" });
});
document.addEventListener("htmx:load", (event) => {
  const link = event.detail.elt.querySelector?.("[data-fetch]");
  if (!link?.closest("dialog[open]")) return;
  delete link.dataset.fetch;
  link.click();
});
