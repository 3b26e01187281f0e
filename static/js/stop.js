// Stop is for the reply that one sees: pressed twice it does not stop the next one, which begins meanwhile.

document.addEventListener("htmx:configRequest", ({ detail: { elt, parameters } }) => {
  if (!elt.matches(".stop")) return;
  const running = document.querySelector("#messages > .message:is([data-status=streaming], [data-status=pending])");
  if (running) parameters.set("message_id", running.dataset.message);
});
