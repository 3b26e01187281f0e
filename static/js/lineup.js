// Replies side by side: each comes into its column, tabs lead to those out of sight, and one that is kept stays.

const columnsOf = (lineup) => lineup.querySelector(".lineup__columns");
const tabsOf = (lineup) => [...lineup.querySelectorAll("[data-tab]")];
const placeIn = (lineup, bubble) => tabsOf(lineup).findIndex(({ dataset }) => dataset.tab === bubble.dataset.message);

document.addEventListener("parley:column", ({ detail: bubble }) => {
  const lineup = byId(`l-${bubble.dataset.column}`);
  const place = placeIn(lineup, bubble);
  const columns = columnsOf(lineup);
  const next = [...columns.children].find((other) => placeIn(lineup, other) > place);
  if (place >= 0) columns.insertBefore(bubble, next ?? null);
});

/** What is told of them as a whole; one that was tried again has made room. */
document.addEventListener("parley:lineup", ({ detail: { old, lineup } }) => {
  for (const part of [".lineup__head", ".lineup__hint"]) texts.patch(old.querySelector(part), lineup.querySelector(part));
  for (const { name, value } of lineup.attributes) old.setAttribute(name, value);
  old.toggleAttribute("data-running", "running" in lineup.dataset);
  for (const column of [...columnsOf(old).children]) if (placeIn(old, column) < 0) column.remove();
  htmx.process(old);
  showTab(columnsOf(old));
});

/** Which of those that do not fit is in sight. */
function showTab(columns) {
  const edge = columns.getBoundingClientRect().left;
  const distance = (column) => Math.abs(column.getBoundingClientRect().left - edge);
  const [nearest] = [...columns.children].sort((one, other) => distance(one) - distance(other));
  const isAtEnd = columns.scrollLeft > 8 && columns.scrollLeft + columns.clientWidth > columns.scrollWidth - 8;
  const seen = isAtEnd ? columns.lastElementChild : nearest;
  for (const tab of tabsOf(columns.closest(".lineup"))) {
    if (tab.dataset.tab === seen?.dataset.message) tab.setAttribute("aria-current", "true");
    else tab.removeAttribute("aria-current");
  }
}

const showAll = () => document.querySelectorAll(".lineup__columns").forEach(showTab);
document.addEventListener("scroll", ({ target }) => target.matches?.(".lineup__columns") && showTab(target), { capture: true, passive: true });
document.addEventListener("parley:opened", showAll);
document.addEventListener("parley:played", () => {
  showAll();
  // One was deleted, or there is one that this page does not know: they are read anew, once.
  for (const lineup of document.querySelectorAll(".lineup:not([data-reread])")) {
    if (columnsOf(lineup).childElementCount === tabsOf(lineup).length) continue;
    lineup.dataset.reread = "";
    tell("parley:reset");
  }
});
document.addEventListener("click", (event) => {
  const tab = event.target.closest("[data-tab]");
  const column = tab && byId(`m-${tab.dataset.tab}`);
  if (!column) return;
  event.preventDefault();
  const columns = column.parentElement;
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth";
  columns.scrollBy({ left: column.getBoundingClientRect().left - columns.getBoundingClientRect().left, behavior });
});
// The others fade while the answer is on its way.
document.addEventListener("htmx:beforeRequest", ({ detail: { elt } }) => {
  if (elt.matches("[data-keep]")) elt.closest(".message").dataset.kept = "";
});
document.addEventListener("htmx:responseError", ({ detail: { elt } }) => {
  if (elt.matches("[data-keep]")) delete elt.closest(".message")?.dataset.kept;
});
