// The frame around the conversation: sidebar, title.

const root = document.documentElement;

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-sidebar-toggle]")) {
    const isClosed = root.dataset.sidebar !== "closed";
    if (isClosed) root.dataset.sidebar = "closed";
    else delete root.dataset.sidebar;
    store("parley:sidebar", isClosed ? "closed" : "");
    // The button that was pressed has gone with it: the way back is where the focus belongs.
    const isLost = !document.activeElement?.checkVisibility();
    if (isLost) [...document.querySelectorAll("[data-sidebar-toggle]")].find((one) => one.checkVisibility())?.focus();
  }
});

// A title is saved when one leaves it; Enter leaves it, Escape takes the change back.
document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.(".title") || event.isComposing) return;
  if (event.key === "Escape") event.target.value = event.target.defaultValue;
  if (event.key === "Enter" || event.key === "Escape") {
    event.preventDefault();
    event.target.blur();
  }
});
