// The first message makes a conversation, whose page comes in the place of this one. What is typed or sent until
// then goes along into it: it is no second conversation, and no draft of the start page.

let carried = null;

const waiting = () => document.querySelector("[data-composer][data-leads]");
const isItsPage = ({ detail }) => detail.target?.id === "pane" && waiting()?.dataset.leads === detail.pathInfo?.requestPath;

// Before anybody else hears of it, such as those that keep drafts.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.shouldSwap || !isItsPage(event)) return;
  const form = waiting();
  carried = { text: form.elements.content.value, isSent: "again" in form.dataset };
  form.elements.content.value = "";
  tell("parley:composed", form); // or what is kept of it would stand there again
}, true);
document.addEventListener("parley:composer", ({ detail: form }) => {
  const { text, isSent } = carried ?? {};
  carried = null;
  if (!text?.trim()) return;
  form.elements.content.value = text;
  tell("parley:composed", form);
  if (isSent) setTimeout(() => form.requestSubmit(form.querySelector(".send")));
});
document.addEventListener("htmx:afterRequest", (event) => {
  const { status } = event.detail.xhr;
  if (!isItsPage(event) || (status >= 200 && status < 300)) return;
  const form = waiting();
  delete form.dataset.leads;
  delete form.dataset.again;
});
