// What the next message would take and cost, beside where one types: the server gives numbers once one begins,
// and again when a reply has ended; here they are only added up.

const FILE = 2000; // tokens, roughly, of one that has not been read yet
const source = () => byId("estimate-numbers");
const numbers = () => source()?.firstElementChild?.dataset;

/** By the server's rule: so much of a token for a letter, a mark, a character of a short or of a long script. */
function tokensOf(text, { letters, mark, short, long }) {
  const plain = text.replace(/[^\0-\x7f]/g, "");
  const marks = plain.length - plain.replace(/[!-@[-\x60{-~]/g, "").length;
  const others = [...text.replace(/[\0-\x7f]/g, "")];
  const bytes = others.length && new TextEncoder().encode(others.join("")).length;
  const longs = Math.max(0, Math.min(others.length, bytes - 2 * others.length));
  return (plain.length - marks) / letters + marks * mark + (others.length - longs) * short + longs * long;
}

function dollars(cost) {
  const digits = cost >= 1 ? { minimumFractionDigits: 2, maximumFractionDigits: 2 } : { maximumSignificantDigits: cost < 0.001 ? 1 : 2 };
  return `$${cost.toLocaleString(document.documentElement.lang, digits)}`;
}

/** Not by an event: on a page that begins with a draft, htmx has not looked at the element yet. */
const ask = () => htmx.ajax("GET", source().getAttribute("hx-get"), { source: source(), target: source(), swap: "innerHTML" });

function refresh(form) {
  const shown = byId("estimate");
  if (!shown || !form?.contains(shown)) return;
  const isBlank = form.hasAttribute("data-blank");
  if (!isBlank && !("asked" in shown.dataset)) {
    shown.dataset.asked = "";
    ask();
  }
  shown.textContent = isBlank || !numbers() ? "" : said(form, shown, numbers());
}

function said(form, shown, { context, reply, prices, scales, rule }) {
  const files = form.querySelectorAll(".chip:not(.chip--upload)");
  const attached = [...files].reduce((sum, chip) => sum + Number(chip.querySelector("[data-tokens]")?.dataset.tokens ?? FILE), 0);
  const kinds = JSON.parse(rule);
  const raw = Number(context) + tokensOf(form.elements.content.value, kinds) + kinds.frame + attached;
  const asked = asking.isOn() ? asking.values() : [form.elements.model?.value];
  const each = asked.map((model) => ({ sent: Math.round(raw * (JSON.parse(scales)[model] ?? 1)), price: JSON.parse(prices)[model] }));
  const { tokens, about, unknown } = shown.dataset;
  const words = tokens.replace("%s", written(each.reduce((sum, { sent }) => sum + sent, 0)));
  if (!each.every(({ price }) => price)) return `${words} · ${unknown}`;
  const cost = each.reduce((sum, { sent, price }) => sum + sent * price[0] + Number(reply) * price[1], 0) / 1e6;
  return cost ? `${words} · ${about.replace("%s", dollars(cost))}` : words;
}

document.addEventListener("parley:composed", ({ detail: form }) => refresh(form));
document.addEventListener("parley:composer", ({ detail: form }) => queueMicrotask(() => refresh(form)));
document.addEventListener("parley:sent", ({ detail: form }) => refresh(form));
document.addEventListener("change", ({ target }) => target.id === "composer-model" && refresh(target.form));
document.addEventListener("htmx:load", ({ detail: { elt } }) => elt.matches?.("#estimate-numbers > *, .chip__state") && refresh(byId("composer")));
document.addEventListener("parley:reply", ({ detail: { status } }) => {
  if (numbers() && !["pending", "streaming"].includes(status)) ask();
});
