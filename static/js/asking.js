// Several models that are asked at once: each is a chip in the composer, and one of its form's values.

const MOST = 4;
const KEPT = "parley:asked"; // those of the last time
let isOn = false;

const place = () => byId("asking");
const select = () => byId("composer-model");
const chips = () => [...(place()?.querySelectorAll(".asked") ?? [])];
const valueOf = (chip) => chip.querySelector("input").value;
const modelOf = (value) => [...(select()?.options ?? [])].find((option) => option.value === value);

asking.isOn = () => isOn;
asking.isFull = () => chips().length >= MOST;
asking.values = () => chips().map(valueOf);
asking.words = () => (chips().length > 1 ? place().dataset.button.replace("%s", written(chips().length)) : "");

function chipFor(value) {
  const chip = byId("asked-model").content.firstElementChild.cloneNode(true);
  const name = modelOf(value).text;
  chip.querySelector("input").value = value;
  chip.querySelector(".asked__name").textContent = name;
  const button = chip.querySelector("button");
  button.setAttribute("aria-label", button.dataset.said.replace("%s", () => name));
  return chip;
}

/** These and no others; what stands there stays, so that the focus does. */
function show(values) {
  for (const chip of chips()) if (!values.includes(valueOf(chip))) chip.remove();
  for (const value of values) if (!asking.values().includes(value)) place().append(chipFor(value));
  if (!place().querySelector(".asking__head")) place().prepend(byId("asking-head").content.cloneNode(true));
  place().hidden = !values.length;
  byId("model-several").checked = isOn;
  byId("model-done").hidden = !isOn;
  tell("parley:asking");
  tell("parley:composed", place().closest("form"));
}

function switchOn() {
  isOn = true;
  const last = JSON.parse(load(KEPT) ?? "[]").filter(modelOf);
  show(last.length > 1 ? last : [select().value]);
}

/** `value` is the one that is asked from now on; without it, the one that was. */
function switchOff(value = "") {
  isOn = false;
  show([]);
  if (!value || value === select().value) return;
  select().value = value;
  select().dispatchEvent(new Event("change", { bubbles: true }));
}

asking.toggle = (value) => {
  const values = asking.values();
  const { added, removed, full } = place().dataset;
  const isAsked = values.includes(value);
  if (!isAsked && asking.isFull()) return tell("parley:say", full);
  show(isAsked ? values.filter((other) => other !== value) : [...values, value]);
  tell("parley:say", (isAsked ? removed : added).replace("%s", () => modelOf(value).text));
};

/** One alone is no several: it is the one that is asked. */
function settle() {
  if (isOn && chips().length < 2) switchOff(asking.values()[0]);
}

document.addEventListener("parley:composer", ({ detail: form }) => {
  isOn = false;
  if (!place() || !form.contains(place())) return;
  const asked = JSON.parse(place().dataset.asked).filter(modelOf);
  if (asked.length < 2) return;
  isOn = true;
  show(asked);
});
document.addEventListener("parley:sent", ({ detail: form }) => {
  if (!isOn || !form.contains(place())) return;
  store(KEPT, JSON.stringify(asking.values()));
  switchOff();
});
document.addEventListener("change", ({ target }) => {
  if (target.id === "model-several") target.checked ? switchOn() : switchOff();
  else if (target.id === "composer-model" && isOn) switchOff();
});
document.addEventListener("toggle", ({ target, newState }) => target.id === "model-picker" && newState === "closed" && settle(), true);
document.addEventListener("click", ({ target }) => {
  const button = target.closest(".asked__remove");
  if (!button) return;
  const chip = button.closest(".asked");
  const next = chip.nextElementSibling ?? chip.previousElementSibling;
  asking.toggle(valueOf(chip));
  settle();
  (next?.isConnected && next.querySelector("button") ? next.querySelector("button") : byId("model-button")).focus();
});
document.addEventListener("parley:action", (event) => {
  if (event.detail.name !== "ask-several" || !byId("model-several")) return;
  event.preventDefault();
  if (!isOn) switchOn();
  byId("model-picker").showPopover();
});
