// A title is changed where it stands in the list: Enter or leaving saves it, Escape takes the change back.

function edit(id) {
  const item = byId(`s-${id}`);
  const link = item?.querySelector(".item__link");
  if (!link) return;
  const field = document.createElement("input");
  field.className = "item__rename";
  Object.assign(field, { value: item.querySelector(".item__name").textContent, maxLength: 200, autocomplete: "off" });
  field.ariaLabel = document.querySelector("[data-rename-item]").dataset.label;
  field.dataset.frames = "";
  field.dataset.before = field.value;
  link.hidden = true;
  link.before(field);
  field.focus();
  field.select();
}

function finish(field, isKept) {
  if ("done" in field.dataset) return;
  field.dataset.done = "";
  const link = field.nextElementSibling;
  const name = field.value.trim();
  const hasFocus = field === document.activeElement;
  link.hidden = false;
  field.hidden = true;
  if (hasFocus) link.focus();
  if (!isKept || !name || name === field.dataset.before) return field.remove();
  link.querySelector(".item__name").textContent = name;
  htmx.ajax("POST", `${link.pathname}rename/`, { source: field, values: { name }, swap: "none" }).finally(() => field.remove());
}

document.addEventListener("click", (event) => {
  // Its menu gives the focus back when it closes; only then may the field have it.
  if (event.target.closest("[data-rename-item]")) setTimeout(edit, 0, byId("item-menu").dataset.for);
});
document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.(".item__rename");
  if (field && !event.isComposing && ["Enter", "Escape"].includes(event.key)) {
    event.preventDefault();
    event.stopPropagation();
    finish(field, event.key === "Enter");
  }
});
// Before the shortcut of the same key, which renames the conversation that is open.
document.addEventListener("keydown", (event) => {
  const link = event.key === "F2" && event.target.closest?.("#sessions .item__link");
  if (!link) return;
  event.preventDefault();
  event.stopPropagation();
  edit(link.closest(".item").dataset.sessionItem);
}, true);
document.addEventListener("focusout", (event) => event.target.matches?.(".item__rename") && finish(event.target, true));
