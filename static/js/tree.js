// Trees by keyboard: one stop for Tab, arrows between the rows, as the pattern for trees has it.

const rowsOf = (tree) => [...tree.querySelectorAll("[role='treeitem']")];
const levelOf = (row) => Number(row.getAttribute("aria-level"));

/** Where an arrow leads from a row: along the picture, to what it hangs off, to what hangs off it. */
function next(rows, at, key) {
  if (key === "ArrowDown") return rows[at + 1];
  if (key === "ArrowUp") return rows[at - 1];
  if (key === "Home") return rows[0];
  if (key === "End") return rows.at(-1);
  const level = levelOf(rows[at]);
  if (key === "ArrowLeft") return rows.slice(0, at).findLast((row) => levelOf(row) < level);
  return rows[at + 1] && levelOf(rows[at + 1]) > level ? rows[at + 1] : undefined;
}

function stopAt(rows, row) {
  for (const one of rows) one.tabIndex = one === row ? 0 : -1;
}

/** One begins at the row that is marked as where one is. */
function prepare(root) {
  for (const tree of root.querySelectorAll("[data-tree]")) {
    const rows = rowsOf(tree);
    const row = rows.find((one) => one.getAttribute("aria-current")) ?? rows.at(-1);
    stopAt(rows, row);
    if (!tree.closest("dialog")) continue;
    row?.focus();
    row?.scrollIntoView({ block: "nearest" });
  }
}

document.addEventListener("keydown", (event) => {
  const row = event.target.closest?.("[data-tree] [role='treeitem']");
  if (!row || event.altKey || event.ctrlKey || event.metaKey) return;
  if (!["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) return;
  event.preventDefault();
  const rows = rowsOf(row.closest("[data-tree]"));
  const isRtl = getComputedStyle(row).direction === "rtl";
  const key = isRtl ? { ArrowLeft: "ArrowRight", ArrowRight: "ArrowLeft" }[event.key] ?? event.key : event.key;
  const to = next(rows, rows.indexOf(row), key);
  if (!to) return;
  stopAt(rows, to);
  to.focus();
});
document.addEventListener("focusin", ({ target }) => {
  const row = target.closest?.("[data-tree] [role='treeitem']");
  if (row) stopAt(rowsOf(row.closest("[data-tree]")), row);
});
document.addEventListener("htmx:afterSettle", (event) => prepare(event.target.parentElement ?? event.target));
prepare(document);
