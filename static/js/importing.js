// A file to be imported: chosen or dropped, then sent with its progress. Its card takes over from there.

let sending = null; // the request, while there is one

const form = () => document.querySelector("[data-import]");
const share = (part) => part.toLocaleString(document.documentElement.lang, { style: "percent" });

function say(words) {
  byId("import-error").textContent = words;
}

function show(file) {
  const place = byId("import-sending");
  place.hidden = !file;
  form().querySelector(".import-drop").hidden = Boolean(file);
  place.querySelector("[data-sending-name]").textContent = file?.name ?? "";
  progress(0);
  if (file) place.querySelector("[data-sending-cancel]").focus();
}

function progress(part) {
  byId("import-sending").querySelector("progress").value = part;
  byId("import-sending").querySelector("[data-sending-share]").textContent = share(part);
}

function send(file) {
  say("");
  if (sending || !file) return;
  const { dataset, action } = form();
  if (file.size > Number(dataset.maxBytes)) return say(dataset.tooLarge);
  const xhr = (sending = new XMLHttpRequest());
  const body = new FormData();
  body.append("file", file, file.name);
  xhr.open("POST", action);
  for (const [name, value] of Object.entries(headersOfPost())) xhr.setRequestHeader(name, value);
  xhr.upload.onprogress = ({ loaded, total }) => form() && progress(loaded / (total || 1));
  xhr.onload = () => (xhr.status === 201 ? begun(xhr.responseText) : refused(xhr));
  xhr.onerror = () => form() && say(form().dataset.unreachable);
  xhr.onloadend = () => {
    sending = null;
    if (!form()) return;
    show(null);
    byId("import-file").value = "";
  };
  show(file);
  xhr.send(body);
}

function begun(html) {
  if (!form()) return;
  byId("imports").insertAdjacentHTML("afterbegin", html);
  htmx.process(byId("imports").firstElementChild);
  byId("announcer").textContent = form().dataset.began;
  byId("imports").firstElementChild.querySelector("button")?.focus();
}

function refused(xhr) {
  if (!form()) return;
  const isWords = xhr.getResponseHeader("Content-Type")?.startsWith("text/plain");
  say(isWords ? xhr.responseText : form().dataset[xhr.status === 413 ? "tooLarge" : "failed"]);
}

document.addEventListener("change", (event) => {
  if (event.target.matches("#import-file")) send(event.target.files[0]);
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-sending-cancel]")) sending?.abort();
});

const over = (event, isOver) => {
  const place = event.target.closest?.(".import-drop");
  place?.classList.toggle("import-drop--over", isOver);
  return place;
};
document.addEventListener("dragover", (event) => {
  if (over(event, true)) event.preventDefault();
});
document.addEventListener("dragleave", (event) => over(event, false));
document.addEventListener("drop", (event) => {
  if (!over(event, false) || !event.dataTransfer.files.length) return;
  event.preventDefault();
  send(event.dataTransfer.files[0]);
});
// One who goes to another page of the app loses nothing; one who leaves it is asked.
addEventListener("beforeunload", (event) => sending && event.preventDefault());
