// Copies code, or a whole message as the Markdown that it was written in.

const SHOWN_FOR = 1600;

/** The text may still be on its way: Safari lets a promise be written only inside the click itself. */
async function write(promise) {
  if (globalThis.ClipboardItem && navigator.clipboard?.write) {
    const blob = Promise.resolve(promise).then((text) => new Blob([text], { type: "text/plain" }));
    return navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
  }
  return writeOld(await promise);
}

// Without HTTPS, as on a home network, there is no clipboard object.
function writeOld(text) {
  const area = Object.assign(document.createElement("textarea"), { value: text, className: "unseen" });
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  const isDone = document.execCommand("copy");
  area.remove();
  if (!isDone) throw new Error("copy was refused");
}

function source(button) {
  if (button.dataset.copyText) return button.dataset.copyText;
  if (button.dataset.copy) {
    return fetch(button.dataset.copy).then((answer) => {
      if (!answer.ok) throw new Error(String(answer.status));
      return answer.text();
    });
  }
  return button.closest(".code")?.querySelector("pre").textContent ?? "";
}

function confirm(button) {
  const use = button.querySelector("use");
  tell("parley:say", byId("announcer").dataset.copied);
  button.dataset.copied = "";
  const before = use?.getAttribute("href");
  use?.setAttribute("href", before.replace(/#.*/, "#check")); // that of code is drawn by code.css
  setTimeout(() => {
    delete button.dataset.copied;
    use?.setAttribute("href", before);
  }, SHOWN_FOR);
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-copy-text]");
  if (!button || "copied" in button.dataset) return;
  try {
    await write(source(button));
    if (button.dataset.done) tell("parley:toast", button.dataset.done);
    else confirm(button);
  } catch {
    tell("parley:toast", byId("toasts").dataset.uncopied);
  }
});
