// What commands did, and a text that looks like one but shall be sent.

document.addEventListener("parley:piece", (event) => {
  const { element } = event.detail;
  if (element.localName === "parley-dialog") htmx.ajax("GET", element.getAttribute("href"), { target: "#dialog-body" });
  else if (element.localName === "parley-model" && byId("composer-model")) byId("composer-model").value = element.getAttribute("value");
});
// A button that stands outside the form: htmx does not see that it was pressed.
document.addEventListener("htmx:configRequest", (event) => {
  const { elt, triggeringEvent, parameters } = event.detail;
  if (elt.id === "composer" && triggeringEvent?.submitter?.name === "literal") parameters.set("literal", "true");
});
