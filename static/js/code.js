// Code blocks: lines wrapped or not, numbered or not, as one likes it, in all blocks at once.
// The numbers are no text: they are drawn beside the code, so that nobody selects, copies or hears them.

const CHOICES = { wrap: "wrap-code", lines: "line-numbers" };
const root = document.documentElement;
const isOn = (choice) => root.hasAttribute(`data-${CHOICES[choice]}`);

/** The buttons of all blocks share one label, which says what a press would do. */
function name() {
  for (const choice of Object.keys(CHOICES)) {
    const label = byId(`say-${choice}`);
    label.dataset.first ??= label.textContent;
    label.textContent = isOn(choice) ? label.dataset.other : label.dataset.first;
  }
}

function changed() {
  name();
  for (const code of document.querySelectorAll("code[data-numbers]")) delete code.dataset.numbers;
  look();
}

function choose(choice) {
  root.toggleAttribute(`data-${CHOICES[choice]}`, !isOn(choice));
  store(`parley:${CHOICES[choice]}`, isOn(choice) ? "on" : "off");
}

/** Where each line begins, as places in the text nodes of the code. */
function* starts(code) {
  const walker = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
  let isStart = true;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    for (let at = 0; at < node.length; at += 1) {
      if (isStart) yield [node, at];
      isStart = node.data[at] === "\n";
    }
  }
}

/** A wrapped line takes several rows, and its number stands at the first of them. */
function numbers(code) {
  const range = document.createRange();
  const height = parseFloat(getComputedStyle(code).lineHeight);
  const rows = [];
  let top = null;
  let number = 0;
  for (const [node, at] of starts(code)) {
    if (isOn("wrap")) {
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const { y } = range.getBoundingClientRect();
      if (top !== null) rows.push(...Array(Math.max(0, Math.round((y - top) / height) - 1)).fill(""));
      top = y;
    }
    rows.push((number += 1));
  }
  return rows.join("\n");
}

function show(code) {
  if (!code.isConnected) return; // what has gone tells once more that its size is another
  const shown = numbers(code);
  if (code.dataset.numbers !== shown) code.dataset.numbers = shown;
}

const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) if (isIntersecting) show(target);
}, { rootMargin: "400px" });
const sized = new ResizeObserver((entries) => {
  for (const { target } of entries) if (target.dataset.numbers && isOn("wrap")) show(target);
});

/** Numbers are made for what comes near the screen, and only where somebody wants them. */
function look() {
  if (!isOn("lines")) return;
  for (const code of document.querySelectorAll(".code code:not([data-numbers])")) {
    seen.unobserve(code);
    seen.observe(code);
    sized.observe(code);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-code]");
  if (button) choose(button.dataset.code);
});
// On the settings page one chooses for all browsers, so this one forgets what it had of its own.
document.addEventListener("change", (event) => {
  if (["wrap_code", "line_numbers"].includes(event.target.name)) store(`parley:${event.target.name.replace("_", "-")}`, "");
});
document.addEventListener("pointerover", (event) => {
  const button = event.target.closest?.(".code button");
  if (button) button.title = button.ariaLabelledByElements?.[0]?.textContent ?? "";
});
document.addEventListener("parley:played", look);
document.addEventListener("htmx:load", look);
new MutationObserver(changed).observe(root, { attributeFilter: Object.values(CHOICES).map((choice) => `data-${choice}`) });
changed();
