// The list narrowed to words, a tag, the starred or the archived ones: the form asks, this sets and clears it.

function narrow(values) {
  const form = byId("filter");
  form.elements.q.value = values.q ?? "";
  form.elements.tag.value = values.tag ?? "";
  for (const choice of form.querySelectorAll("[name=show]")) choice.checked = choice.value === (values.show ?? "");
  form.dispatchEvent(new CustomEvent("parley:narrow", { bubbles: true }));
}

/** The words in the field with that filter, in the place of another of its kind. */
function withFilter(words) {
  const kind = words.slice(0, words.indexOf(":") + 1);
  const others = (byId("filter-text").value.match(/[^\s":]+:"(\\.|[^"\\])*"|\S+/g) ?? []).filter((one) => !one.toLowerCase().startsWith(kind));
  return [...others, words].join(" ");
}

function reveal() {
  const sidebar = byId("sidebar");
  if (getComputedStyle(sidebar).position === "fixed") sidebar.matches(":popover-open") || sidebar.showPopover();
  else if (document.documentElement.dataset.sidebar === "closed") document.querySelector("[data-sidebar-toggle]").click();
}

document.addEventListener("click", (event) => {
  const tag = event.target.closest("[data-filter-tag]");
  const words = event.target.closest("[data-filter-words]");
  const clear = event.target.closest("[data-filter-clear]");
  if (!byId("filter") || !(tag || words || clear) || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  if (byId("filter-menu").matches(":popover-open")) byId("filter-menu").hidePopover();
  reveal();
  const now = Object.fromEntries(new FormData(byId("filter")));
  narrow(tag ? { tag: tag.dataset.filterTag } : words ? { ...now, q: withFilter(words.dataset.filterWords) } : {});
  byId("filter-text").focus();
});
document.addEventListener("change", (event) => {
  if (!event.target.matches("#filter-menu [name=show]")) return;
  byId("sidebar").dataset.shown = event.target.value;
});
document.addEventListener("parley:narrow", () => {
  byId("sidebar").dataset.shown = new FormData(byId("filter")).get("show") ?? "";
}, true);
document.addEventListener("keydown", (event) => {
  if (event.target.id !== "filter-text") return;
  if (event.key === "Escape" && event.target.value) {
    event.preventDefault();
    narrow({ ...Object.fromEntries(new FormData(byId("filter"))), q: "" });
  }
  if (event.key === "ArrowDown") {
    event.preventDefault();
    document.querySelector("#sessions .item__link")?.focus();
  }
});
// Up and down go from one conversation to the next.
document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.("#sessions .item__link") || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  event.preventDefault();
  const links = [...document.querySelectorAll("#sessions .item__link")];
  const at = links.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1);
  (links[at] ?? (at < 0 ? byId("filter-text") : null))?.focus();
});
document.addEventListener("parley:action", (event) => {
  if (event.detail?.name !== "filter-list") return;
  event.preventDefault();
  reveal();
  byId("filter-text").focus();
  byId("filter-text").select();
});
