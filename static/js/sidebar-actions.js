// What shortcuts and the palette ask of the list and of the header, by the names of the actions.

/** From the conversation on show to its neighbour in the list. */
function step(by) {
  const links = [...document.querySelectorAll("#sessions .item__link")];
  const at = links.findIndex((link) => link.hasAttribute("aria-current"));
  const next = links[at < 0 ? 0 : at + by];
  next?.click();
  next?.scrollIntoView({ block: "nearest" });
}

function toggle() {
  const sidebar = byId("sidebar");
  if (getComputedStyle(sidebar).position === "fixed" || sidebar.matches(":popover-open")) sidebar.togglePopover();
  else document.querySelector("[data-sidebar-toggle]")?.click();
}

const ACTIONS = {
  "next-conversation": () => step(1),
  "previous-conversation": () => step(-1),
  "toggle-sidebar": toggle,
};

document.addEventListener("parley:action", (event) => {
  const act = ACTIONS[event.detail?.name];
  if (!act) return;
  event.preventDefault(); // it is done
  act();
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("#session-actions [data-action=rename]")) return;
  event.preventDefault();
  // The menu gives the focus back when it closes; only then may the title have it.
  setTimeout(() => document.querySelector(".title")?.focus());
  setTimeout(() => document.querySelector(".title")?.select());
});
