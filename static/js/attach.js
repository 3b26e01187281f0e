// Files for the message being written: chosen, dropped or pasted; kept by the server at once, shown as chips.

const composer = () => document.querySelector("[data-composer]");

async function attach(form, file) {
  const body = new FormData();
  body.append("file", file);
  const headers = { ...JSON.parse(document.body.getAttribute("hx-headers")), "HX-Request": "true" };
  const { attach: url } = form.querySelector("[data-attach]").dataset;
  const answer = await fetch(url, { method: "POST", body, headers }).catch(() => null);
  const html = answer ? await answer.text() : "";
  const isKept = answer?.ok && html.includes("chip");
  if (isKept) form.querySelector(".composer__chips").insertAdjacentHTML("beforeend", html);
  else if (answer?.headers.has("HX-Retarget")) document.getElementById("composer-error").innerHTML = html;
  else document.dispatchEvent(new CustomEvent("parley:toast", { detail: document.getElementById("toasts").dataset.failed }));
}

async function attachAll(files) {
  const form = composer();
  if (!form || !files.length) return;
  form.toggleAttribute("aria-busy", true);
  for (const file of files) await attach(form, file);
  form.removeAttribute("aria-busy");
  form.elements.content.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("change", async (event) => {
  if (!event.target.matches("[data-attach]")) return;
  await attachAll([...event.target.files]);
  event.target.value = "";
});
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-detach]");
  if (!button) return;
  button.closest(".chip").remove();
  composer().elements.content.dispatchEvent(new Event("input", { bubbles: true }));
  composer().elements.content.focus();
});
document.addEventListener("paste", (event) => {
  if (!event.target.closest?.("[data-composer]") || !event.clipboardData.files.length) return;
  event.preventDefault();
  attachAll([...event.clipboardData.files]);
});
const hasFiles = (event) => event.dataTransfer?.types.includes("Files") && composer();
document.addEventListener("dragover", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  composer().toggleAttribute("data-drop", true);
});
document.addEventListener("dragleave", (event) => event.relatedTarget || composer()?.removeAttribute("data-drop"));
document.addEventListener("drop", (event) => {
  if (!hasFiles(event)) return;
  event.preventDefault();
  composer().removeAttribute("data-drop");
  attachAll([...event.dataTransfer.files]);
});
