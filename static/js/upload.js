// Files on their way to the server, two at a time: each is a chip with its progress, its refusal, and a way out.

const AT_ONCE = 2;
const jobs = new WeakMap(); // chip -> its job
const running = new Set();
let waiting = [];

const announce = (text) => (byId("announcer").textContent = text);
const words = ({ form, file }, key) => form.querySelector("#chips").dataset[key].replace("%s", file.name);

function sizeOf(bytes) {
  const unit = bytes < 1000 ? "byte" : bytes < 1e6 ? "kilobyte" : "megabyte";
  const value = bytes / { byte: 1, kilobyte: 1e3, megabyte: 1e6 }[unit];
  return value.toLocaleString(document.documentElement.lang, { style: "unit", unit, maximumFractionDigits: value < 10 ? 1 : 0 });
}

/** The browser shows what it can; the server still has the last word on what it is. */
function preview(chip, file) {
  if (!/^image\/(png|jpeg|gif|webp)$/.test(file.type)) return;
  const picture = Object.assign(new Image(), { className: "chip__picture", alt: "", src: URL.createObjectURL(file) });
  const release = () => URL.revokeObjectURL(picture.src);
  picture.onload = () => {
    release(); // it is decoded, and stays
    chip.classList.add("chip--picture");
    chip.querySelector(".chip__icon").replaceWith(picture);
  };
  picture.onerror = release;
}

function begin(file) {
  const form = document.querySelector("[data-composer]");
  const chip = byId("upload-chip").content.firstElementChild.cloneNode(true);
  const job = { chip, file, form, xhr: null };
  chip.querySelector(".chip__name").textContent = chip.querySelector(".chip__name").title = file.name;
  chip.querySelector(".chip__size").textContent = sizeOf(file.size);
  chip.querySelector("progress").setAttribute("aria-label", words(job, "progress"));
  chip.querySelector("[data-cancel]").setAttribute("aria-label", words(job, "cancel"));
  chip.querySelector("[data-again]").setAttribute("aria-label", words(job, "again"));
  preview(chip, file);
  jobs.set(chip, job);
  form.querySelector("#chips").append(chip);
  enqueue(job);
}

function enqueue(job) {
  job.chip.classList.remove("chip--refused");
  job.chip.querySelector(".chip__refusal").hidden = job.chip.querySelector("[data-again]").hidden = true;
  const limit = Number(document.querySelector("[data-attach]").dataset.maxBytes);
  if (job.file.size > limit) refuse(job, words(job, "tooLarge"));
  else waiting.push(job);
  next(job.form);
}

function next(form) {
  while (running.size < AT_ONCE && waiting.length) send(waiting.shift());
  form.toggleAttribute("data-uploading", [...running, ...waiting].some((job) => job.form === form));
  tell("parley:composed", form);
}

function send(job) {
  const xhr = (job.xhr = new XMLHttpRequest());
  const body = new FormData();
  body.append("file", job.file, job.file.name);
  body.append("model", byId("composer-model")?.value ?? "");
  running.add(job);
  xhr.open("POST", document.querySelector("[data-attach]").dataset.attach);
  for (const [name, value] of Object.entries(headersOfPost())) xhr.setRequestHeader(name, value);
  xhr.upload.onprogress = ({ loaded, total }) => (job.chip.querySelector("progress").value = loaded / (total || 1));
  xhr.onload = () => (xhr.status === 201 ? keep(job, xhr.responseText) : refuse(job, reason(job, xhr), xhr.status >= 500));
  xhr.onerror = () => refuse(job, words(job, "unreachable"), true);
  xhr.onloadend = () => {
    running.delete(job);
    next(job.form);
  };
  xhr.send(body);
}

function reason(job, xhr) {
  if (xhr.getResponseHeader("Content-Type")?.startsWith("text/plain")) return xhr.responseText;
  return words(job, xhr.status === 413 ? "tooLarge" : "failed");
}

/** The server's chip takes the place of ours, also where the page was left and come back to meanwhile. */
function keep(job, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const chip = template.content.querySelector(".chip");
  const shown = job.chip.querySelector("img");
  const again = document.querySelector(`[data-composer="${job.form.dataset.composer}"]`);
  if (again && again !== job.form) {
    again.querySelector("#chips").append(chip);
    htmx.process(chip);
    tell("parley:composed", again);
    return;
  }
  const hadFocus = job.chip.contains(document.activeElement);
  job.chip.replaceWith(chip);
  htmx.process(chip);
  // Only now: on its way through a template a picture would be loaded again.
  if (shown) chip.querySelector("img")?.replaceWith(shown);
  if (hadFocus) chip.querySelector("[data-detach]").focus();
  if (chip.isConnected) announce(words(job, "attached"));
}

function refuse(job, why, canTryAgain = false) {
  if (!job.chip.isConnected) return;
  const refusal = job.chip.querySelector(".chip__refusal");
  job.chip.classList.add("chip--refused");
  refusal.textContent = why;
  refusal.hidden = false;
  job.chip.querySelector("[data-again]").hidden = !canTryAgain;
  announce(`${job.file.name}: ${why}`);
}

/** Takes a chip away; the next one, or the text, gets the focus that was in it. */
function remove(chip) {
  const job = jobs.get(chip);
  waiting = waiting.filter((other) => other !== job);
  job?.xhr?.abort();
  const form = chip.closest("form");
  const neighbour = chip.nextElementSibling ?? chip.previousElementSibling;
  chip.remove();
  (neighbour?.querySelector(".chip__remove") ?? byId("composer-text")).focus({ preventScroll: true });
  next(form);
}

document.addEventListener("parley:files", (event) => event.detail.forEach(begin));
document.addEventListener("click", (event) => {
  const button = event.target.closest("#chips .knob");
  if (!button) return;
  const chip = button.closest(".chip");
  if (button.matches("[data-again]")) enqueue(jobs.get(chip));
  else if (button.matches("[data-cancel], [data-detach]")) remove(chip);
  // That the server keeps a file a little longer than need be is nobody's trouble.
  if (button.dataset.detach) post(button.dataset.detach).catch(() => {});
});
