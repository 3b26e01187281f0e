// The frame around the conversation: theme switch, sidebar, title.

const root = document.documentElement;

function showTheme() {
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String((root.dataset.theme ?? "") === button.dataset.themeChoice));
  }
}

document.addEventListener("click", (event) => {
  const choice = event.target.closest("[data-theme-choice]");
  if (choice) {
    const theme = choice.dataset.themeChoice;
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
    store("parley:theme", theme);
    showTheme();
  }
  if (event.target.closest("[data-sidebar-toggle]")) {
    const isClosed = root.dataset.sidebar !== "closed";
    if (isClosed) root.dataset.sidebar = "closed";
    else delete root.dataset.sidebar;
    store("parley:sidebar", isClosed ? "closed" : "");
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
showTheme();
