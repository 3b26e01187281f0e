// A toolbar takes one stop of the Tab key; the arrows go through it.

const controls = (bar) => [...bar.querySelectorAll("button:not(:disabled), a[href]")];

document.addEventListener("focusin", (event) => {
  const bar = event.target.closest("[role='toolbar']");
  if (!bar) return;
  for (const control of controls(bar)) control.tabIndex = control === event.target ? 0 : -1;
});
document.addEventListener("keydown", (event) => {
  const bar = event.target.closest?.("[role='toolbar']");
  if (!bar) return;
  const all = controls(bar);
  const forward = getComputedStyle(bar).direction === "rtl" ? -1 : 1;
  const step = { ArrowRight: forward, ArrowLeft: -forward }[event.key];
  const end = { Home: 0, End: -1 }[event.key];
  if (step === undefined && end === undefined) return;
  event.preventDefault();
  all.at(end ?? (all.indexOf(event.target) + step) % all.length).focus();
});
