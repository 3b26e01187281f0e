// The command palette: actions are searched here, conversations and models by the server as one types.

const REST = 120; // ms without a key before the server is asked
const dialog = byId("palette");
const text = byId("palette-text");
let timer = 0;
let asked = null;
let isHeld = false; // Enter came before the answer to what stands there

const options = () => [...dialog.querySelectorAll("[role='group']:not([hidden]) > [role='option']:not([hidden])")];
const isSettled = () => byId("palette-found").dataset.for.toLowerCase() === text.value.trim().toLowerCase();
const active = () => byId(text.getAttribute("aria-activedescendant") ?? "");

/** How well `words` fits: words that begin with it before words that hold it before letters in order; 0: not. */
function fit(label, words) {
  if (!words) return 1;
  const name = label.toLowerCase();
  const at = name.indexOf(words);
  if (at === 0) return 4;
  if (at > 0) return /[\s(]/.test(name[at - 1]) ? 3 : 2;
  if (words.split(/\s+/).every((word) => name.includes(word))) return 2;
  let from = 0;
  for (const letter of words) {
    from = name.indexOf(letter, from) + 1;
    if (!from) return 0;
  }
  return words.length > 2 ? 0.5 : 0;
}

function activate(option) {
  active()?.setAttribute("aria-selected", "false");
  option?.setAttribute("aria-selected", "true");
  option?.scrollIntoView({ block: "nearest" });
  option ? text.setAttribute("aria-activedescendant", option.id) : text.removeAttribute("aria-activedescendant");
}

const isOffered = (name) => !document.dispatchEvent(new CustomEvent("parley:offer", { detail: { name }, cancelable: true }));

/** Shows what fits, the best first; what fits best is chosen. */
function show() {
  const words = text.value.trim().toLowerCase();
  byId("palette-models")?.parentElement.toggleAttribute("hidden", !byId("composer-model")); // there is nothing that would answer
  const group = byId("palette-actions").parentElement;
  const actions = [...group.querySelectorAll("[role='option']")];
  const fits = new Map(actions.map((one) => [one, isOffered(one.dataset.run) ? fit(one.querySelector(".palette__words").textContent, words) : 0]));
  actions.forEach((one, place) => {
    one.dataset.place ??= place;
    one.hidden = !fits.get(one);
  });
  group.append(...actions.sort((a, b) => fits.get(b) - fits.get(a) || a.dataset.place - b.dataset.place));
  group.hidden = ![...fits.values()].some(Boolean);
  const found = byId("palette-found");
  // What was typed as an action is begun is most likely meant as one.
  Math.max(...fits.values()) >= 3 && words ? found.before(group) : found.after(group);
  const all = options();
  activate(all[0]);
  byId("palette-none").textContent = all.length || !isSettled() ? "" : dialog.dataset.none.replace("%s", text.value.trim());
}

async function ask() {
  asked?.abort();
  const mine = (asked = new AbortController());
  dialog.setAttribute("aria-busy", "true");
  const url = `${dialog.dataset.url}?${new URLSearchParams({ q: text.value.trim() })}`;
  const html = await fetch(url, { headers: { "HX-Request": "true" }, signal: mine.signal })
    .then((answer) => (answer.ok ? answer.text() : ""))
    .catch(() => "");
  if (asked !== mine) return; // a newer question is under way
  dialog.removeAttribute("aria-busy");
  const isWaitedFor = isHeld;
  isHeld = false;
  if (!html) return;
  byId("palette-found").outerHTML = html;
  show();
  if (isWaitedFor) choose(active());
}

function open() {
  if (dialog.open) return dialog.close();
  text.value = "";
  dialog.showModal();
  show();
  ask();
}

/** Enter: what is active, or what will be once the server has answered to these words. */
function enter(first) {
  const option = active();
  if (isSettled() || option?.dataset.run || option !== first) return choose(option);
  isHeld = true;
  clearTimeout(timer);
  ask();
}

function choose(option) {
  if (!option) return;
  dialog.close();
  const { run, model, dialog: isDialog } = option.dataset;
  // The focus has gone back by then, and an action may take it elsewhere.
  setTimeout(() => {
    if (run) document.dispatchEvent(new CustomEvent("parley:run", { detail: { name: run }, cancelable: true }));
    else if (model) tell("parley:model", { value: model });
    else if (isDialog !== undefined) htmx.ajax("GET", option.getAttribute("href"), { target: "#dialog-body" });
    else visit(option.getAttribute("href"));
  });
}

document.addEventListener("parley:palette", open);
text?.addEventListener("input", () => {
  isHeld = false;
  show();
  clearTimeout(timer);
  timer = setTimeout(ask, REST);
});
text?.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const all = options();
  const at = all.indexOf(active());
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: Math.min(at + 6, all.length - 1), PageUp: Math.max(at - 6, 0) }[event.key];
  if (to !== undefined) activate(all[(to + all.length) % all.length]);
  else if (event.key === "Enter") enter(all[0]);
  else return;
  event.preventDefault();
});
dialog?.addEventListener("close", () => (isHeld = false));
dialog?.addEventListener("click", (event) => {
  const option = event.target.closest("[role='option']");
  if (!option || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  choose(option);
});
dialog?.addEventListener("pointermove", (event) => {
  const option = event.target.closest("[role='option']");
  if (option && option !== active()) activate(option);
});
