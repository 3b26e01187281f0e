// Choosing a model: a list that is searched as one types, over the select that is the form's value.

const KEPT = "parley:models"; // those chosen last, the newest first
const SHOWN = 4;
const ENOUGH = 8; // of fewer models none needs to be found again
let active = null;

const select = () => byId("composer-model");
const list = () => byId("model-list");
const recent = () => JSON.parse(load(KEPT) ?? "[]");
const offered = () => [...select().options];
const shown = () => [...(list()?.querySelectorAll("[role=option]") ?? [])];

/** The button says what the select holds. */
function showChosen() {
  const button = byId("model-button");
  if (!button) return;
  button.hidden = false;
  button.querySelector(".model__name").textContent = asking.words() || (select().selectedOptions[0]?.text ?? "");
  select().classList.add("unseen");
  select().tabIndex = -1;
  select().setAttribute("aria-hidden", "true");
}

function activate(option) {
  active?.removeAttribute("data-active");
  active = option ?? null;
  active?.setAttribute("data-active", "");
  active?.scrollIntoView({ block: "nearest" });
  if (active) byId("model-search").setAttribute("aria-activedescendant", active.id);
  else byId("model-search").removeAttribute("aria-activedescendant");
}

function optionFor(model, number) {
  const option = byId("model-option").content.firstElementChild.cloneNode(true);
  option.id = `model-option-${number}`;
  option.dataset.value = model.value;
  option.querySelector(".picker__name").textContent = model.text;
  option.querySelector(".picker__facts").textContent = model.dataset.facts ?? "";
  const signs = (model.dataset.signs ?? "").split(" ").map((name) => byId("model-signs").content.querySelector(`[data-sign="${name}"]`));
  option.querySelector(".picker__signs").append(...signs.filter(Boolean).map((sign) => sign.cloneNode(true)));
  mark(option);
  return option;
}

/** Whether it is chosen, and whether it can be: of several that are asked at once there is a limit. */
function mark(option) {
  const { value } = option.dataset;
  const isChosen = asking.isOn() ? asking.values().includes(value) : select().value === value;
  option.setAttribute("aria-selected", String(isChosen));
  if (asking.isOn() && asking.isFull() && !isChosen) option.setAttribute("aria-disabled", "true");
  else option.removeAttribute("aria-disabled");
}

function groups(query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const isFound = (model) => words.every((word) => `${model.text} ${model.value} ${model.parentElement.label}`.toLowerCase().includes(word));
  const found = new Map();
  if (!words.length && offered().length > ENOUGH) {
    const last = recent().map((value) => offered().find((model) => model.value === value)).filter(Boolean);
    if (last.length) found.set(list().dataset.recent, last.slice(0, SHOWN));
  }
  for (const model of offered().filter(isFound)) {
    const { label } = model.parentElement;
    found.set(label, [...(found.get(label) ?? []), model]);
  }
  return found;
}

function fill(query) {
  let number = 0;
  const filled = [...groups(query)].map(([label, models]) => {
    const group = byId("model-group").content.firstElementChild.cloneNode(true);
    group.setAttribute("aria-label", label);
    group.querySelector(".picker__label").textContent = label;
    group.append(...models.map((model) => optionFor(model, (number += 1))));
    return group;
  });
  list().replaceChildren(...filled);
  byId("model-none").hidden = number > 0;
  const chosen = shown().find((option) => option.getAttribute("aria-selected") === "true");
  activate((!query && chosen) || shown()[0]);
}

function choose(option) {
  if (asking.isOn()) {
    activate(option);
    asking.toggle(option.dataset.value);
    return;
  }
  select().value = option.dataset.value;
  select().dispatchEvent(new Event("change", { bubbles: true }));
  store(KEPT, JSON.stringify([option.dataset.value, ...recent().filter((value) => value !== option.dataset.value)].slice(0, SHOWN)));
  byId("model-picker").hidePopover();
  byId("composer-text").focus();
}

function move(step) {
  const all = shown();
  activate(all[(all.indexOf(active) + step + all.length) % all.length]);
}

const KEYS = {
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  Home: () => activate(shown()[0]),
  End: () => activate(shown().at(-1)),
  Enter: () => active && choose(active),
};

document.addEventListener("keydown", (event) => {
  if (event.target.matches?.("#model-button") && ["ArrowUp", "ArrowDown"].includes(event.key)) byId("model-picker").showPopover();
  else if (!event.target.closest?.("#model-picker") || !KEYS[event.key] || event.isComposing) return;
  else KEYS[event.key]();
  event.preventDefault();
});
document.addEventListener("input", (event) => event.target.id === "model-search" && fill(event.target.value));
document.addEventListener("click", (event) => {
  const option = event.target.closest("#model-list [role=option]");
  if (option) choose(option);
});
document.addEventListener("toggle", (event) => {
  if (event.target.id !== "model-picker" || event.newState !== "open") return;
  byId("model-search").value = "";
  fill("");
  // On a phone the keyboard would cover what one came to see.
  (matchMedia("(hover: hover)").matches ? byId("model-search") : list()).focus();
}, true);
document.addEventListener("change", (event) => event.target.id === "composer-model" && showChosen());
document.addEventListener("parley:asking", () => {
  list()?.setAttribute("aria-multiselectable", String(asking.isOn()));
  shown().forEach(mark);
  showChosen();
});
document.addEventListener("parley:piece", (event) => event.detail.element.localName === "parley-model" && showChosen());
document.addEventListener("htmx:load", showChosen);
showChosen();
