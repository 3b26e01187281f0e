// A field that narrows a list to what has its words; Enter takes the first, the arrow goes into the list.

const entriesOf = (field) => [...byId(field.dataset.narrows).querySelectorAll("[data-words]")];

document.addEventListener("input", (event) => {
  if (!event.target.matches?.("[data-narrows]")) return;
  const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  const entries = entriesOf(event.target);
  for (const entry of entries) entry.hidden = !words.every((word) => entry.dataset.words.includes(word));
  byId(event.target.dataset.narrows).querySelector("p").hidden = entries.some((entry) => !entry.hidden);
});
document.addEventListener("keydown", (event) => {
  const field = event.target.closest?.("[data-narrows]");
  const list = field ? byId(field.dataset.narrows) : event.target.closest?.("[data-words]")?.parentElement;
  if (!list || event.isComposing || !["Enter", "ArrowDown", "ArrowUp"].includes(event.key) || (!field && event.key === "Enter")) return;
  const shown = [...list.querySelectorAll("[data-words]:not([hidden])")];
  event.preventDefault();
  if (event.key === "Enter") shown[0]?.click();
  else shown.at((shown.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)) % shown.length)?.focus();
});
