// Somebody else's server is asked: a line beside the button says so, and its own button stops it.

document.addEventListener("click", ({ target }) => {
  const line = target.closest("[data-gives-up]")?.closest("[id]");
  const asking = line && document.querySelector(`[hx-indicator="#${line.id}"]`);
  if (asking) htmx.trigger(asking, "htmx:abort");
});
