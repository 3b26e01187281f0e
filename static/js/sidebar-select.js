// Several conversations chosen at once: by box, by link while choosing, by range with Shift.

const sidebar = () => byId("sidebar");
const isChoosing = () => "selecting" in (sidebar()?.dataset ?? {});
const boxes = () => [...document.querySelectorAll("#sessions .item__pick")];
let last = null; // the id of the box that was set last, where a range begins

function show() {
  const chosen = boxes().filter((box) => box.checked).length;
  const count = byId("bulk").querySelector("output");
  count.textContent = chosen ? count.dataset.some.replace("%d", written(chosen)) : count.dataset.none;
  for (const button of byId("bulk").querySelectorAll("[data-bulk-actions] button")) button.disabled = !chosen;
  byId("bulk").querySelector("[data-bulk-compare]").disabled = chosen !== 2;
  const all = byId("bulk").querySelector("[data-select-all]");
  all.checked = chosen > 0 && chosen === boxes().length;
  all.indeterminate = chosen > 0 && !all.checked;
}

function begin(id) {
  sidebar().dataset.selecting = "";
  byId("bulk").hidden = false;
  const box = id ? byId(`s-${id}`)?.querySelector(".item__pick") : boxes()[0];
  if (id && box) box.checked = true;
  last = id ?? null;
  show();
  box?.focus();
}

function end() {
  if (!isChoosing()) return;
  delete sidebar().dataset.selecting;
  byId("bulk").hidden = true;
  byId("bulk-error").replaceChildren();
  for (const box of boxes()) box.checked = false;
  byId("filter-text").focus();
}

/** The one further up in the list, which is the newer one, on the right: it is what may be merged. */
function compare(address) {
  const [newer, older] = boxes().filter((box) => box.checked).map((box) => box.value);
  end();
  visit(address.replace(ZERO_ID, older).replace(ZERO_ID, newer));
}

/** The box, and with Shift all between it and the one before. */
function set(box, isOn, isRange) {
  const all = boxes();
  const from = isRange ? all.findIndex((other) => other.value === last) : -1;
  const [low, high] = [from < 0 ? all.indexOf(box) : from, all.indexOf(box)].sort((a, b) => a - b);
  for (const other of all.slice(low, high + 1)) other.checked = isOn;
  last = box.value;
  show();
}

document.addEventListener("click", (event) => {
  if (!sidebar()) return;
  const link = event.target.closest("#sessions .item__link");
  if (link && isChoosing()) {
    event.preventDefault();
    event.stopPropagation();
    const box = link.closest(".item").querySelector(".item__pick");
    set(box, !box.checked, event.shiftKey);
  } else if (event.target.matches?.("#sessions .item__pick")) set(event.target, event.target.checked, event.shiftKey);
  else if (event.target.closest("[data-select-many]")) begin();
  else if (event.target.closest("[data-select-item]")) begin(byId("item-menu").dataset.for);
  else if (event.target.closest("[data-select-end]")) end();
  else if (event.target.closest("[data-bulk-compare]")) compare(event.target.closest("[data-bulk-compare]").dataset.bulkCompare);
}, true);
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-select-all]")) return;
  for (const box of boxes()) box.checked = event.target.checked;
  show();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !isChoosing() || !event.target.closest?.("#sidebar") || event.target.closest("[popover].menu")) return;
  event.preventDefault(); // and not the drawer with it
  end();
});
document.addEventListener("htmx:afterRequest", (event) => {
  const { verb, path } = event.detail.requestConfig;
  const { status } = event.detail.xhr;
  if (verb === "post" && path === byId("bulk")?.getAttribute("action") && status >= 200 && status < 300) end();
});
document.addEventListener("parley:listed", () => isChoosing() && show());
