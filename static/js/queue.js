// What waits to be answered can come back into the composer: its text before what stands there, its files with it.

const joined = (...texts) => texts.filter((text) => text?.trim()).join("\n\n");

/** One has left the conversation meanwhile: the text stands in its composer when one comes back. */
function keep(session, words) {
  const key = `parley:draft:${session}`;
  const value = joined(words, JSON.parse(load(key) ?? "{}").value);
  store(key, JSON.stringify({ value, id: newId(), at: Date.now() }));
}

document.addEventListener("parley:piece", ({ detail: { element } }) => {
  if (element.localName !== "parley-taken") return;
  const [session, words] = [element.getAttribute("s"), element.getAttribute("text")];
  const form = document.querySelector(`[data-composer="${CSS.escape(session)}"]`);
  if (!form) return keep(session, words);
  const text = form.elements.content;
  // The answer to its sending may come later than this; it takes nothing away.
  if (form.matches(".htmx-request")) form.dataset.sent = JSON.stringify({ ...JSON.parse(form.dataset.sent), text: "" });
  text.value = joined(words, text.value);
  const chips = [...element.children];
  form.querySelector("#chips").prepend(...chips);
  chips.forEach((chip) => htmx.process(chip));
  tell("parley:composed", form);
  text.focus();
  text.setSelectionRange(words.length, words.length);
});
