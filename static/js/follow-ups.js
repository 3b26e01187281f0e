// A suggested question goes into the composer, after what is there; whoever wants it sends it.

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-follow-up]");
  const form = document.querySelector("[data-composer]");
  if (!link || !form || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const text = form.elements.content;
  const kept = text.value.trimEnd();
  text.value = (kept ? `${kept}\n\n` : "") + link.textContent.trim();
  tell("parley:composed", form);
  text.focus();
  text.setSelectionRange(text.value.length, text.value.length);
});
