// Stop is for the replies that one sees: pressed twice it does not stop the next one, which begins meanwhile.

document.addEventListener("htmx:configRequest", ({ detail: { elt, parameters } }) => {
  if (!elt.matches(".stop")) return;
  const is = ":is([data-status=streaming], [data-status=pending])";
  const running = document.querySelector(`#messages .message${is}`);
  const beside = running?.closest(".lineup")?.querySelectorAll(`.message${is}`);
  parameters.delete("message_id");
  for (const { dataset } of beside ?? [running].filter(Boolean)) parameters.append("message_id", dataset.message);
});
