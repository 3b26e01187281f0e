// The list on a project's page is read anew when the server says that it has changed, with as many as are shown.

let reading = 0;

document.addEventListener("parley:project", ({ detail }) => {
  clearTimeout(reading);
  reading = setTimeout(() => {
    const list = byId("project-list");
    if (list?.dataset.project !== detail) return;
    const values = { q: byId("project-q")?.value ?? "", size: list.querySelectorAll(".line").length };
    htmx.ajax("GET", list.dataset.url, { target: list, swap: "outerHTML", values });
  }, 150);
});
