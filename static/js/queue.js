// What waits to be answered can come back into the composer: its text before what stands there, its files with it.

document.addEventListener("parley:piece", ({ detail: { element } }) => {
  const form = document.querySelector("[data-composer]");
  if (element.localName !== "parley-taken" || !form) return;
  const text = form.elements.content;
  const words = element.getAttribute("text");
  text.value = [words, text.value].filter((part) => part.trim()).join("\n\n");
  form.querySelector("#chips").prepend(...element.children);
  tell("parley:composed", form);
  text.focus();
  text.setSelectionRange(words.length, words.length);
});
