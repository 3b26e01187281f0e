// What all modules of the bundle may use. Each of them is a block of its own, so that nothing else is shared:
// they tell each other what happens by events on the document, named "parley:…".

const byId = (id) => document.getElementById(id);
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

/** A number as the page's language writes it, which may be another than the browser's. */
const written = (number) => number.toLocaleString(document.documentElement.lang);

/** Stands in the addresses of templates for an id that is put in later. */
const ZERO_ID = "00000000-0000-0000-0000-000000000000";

/** What stands one below the other in the conversation: messages, and replies side by side. */
const rowsHere = () => [...document.querySelectorAll("#messages > :is(.message, .lineup)")];

/** The conversation on show; undefined where there is none. */
const shownSession = () => byId("conversation")?.dataset.session;

/** What is here is not what the server means; the conversation is being read anew. */
const isStale = () => "stale" in (byId("conversation")?.dataset ?? {});

/** Local storage that may be full or forbidden: then a choice lasts as long as the page.
    What belongs to a temporary conversation lasts no longer than the window. */
const store = (key, value, { isFleeting = false } = {}) => {
  try {
    for (const area of [localStorage, sessionStorage]) if (!value) area.removeItem(key);
    if (value) (isFleeting ? sessionStorage : localStorage).setItem(key, value);
  } catch {
    // nothing that a person does may fail for it
  }
};
const load = (key) => {
  try {
    return localStorage.getItem(key) ?? sessionStorage.getItem(key);
  } catch {
    return null;
  }
};
const isTemporary = () => Boolean(byId("pane")?.dataset.temporary);

/** Another page in the place of this one, also while one is on its way: each is asked for by an element of its own,
    since htmx lets what one asks wait for what it asked before, and then looks in vain for the place that it had. */
function visit(href, target = "#pane") {
  const source = document.body.appendChild(document.createElement("i"));
  source.hidden = true;
  const push = target === "#pane" ? "true" : undefined;
  return htmx.ajax("GET", href, { source, target, swap: "outerHTML", push }).finally(() => source.remove());
}

/** Where an action is done by hand: in the conversation on show, else anywhere on the page. */
const controlOf = (name) => {
  const all = [...document.querySelectorAll(`#pane [data-action="${name}"], [data-action="${name}"]:not(#item-menu *)`)];
  const usable = all.filter((control) => !control.disabled);
  return usable.find((control) => control.closest("#pane")) ?? usable[0];
};

/** What the server wants to see of a POST from this page. */
const headersOfPost = () => ({ ...JSON.parse(document.body.getAttribute("hx-headers")), "HX-Request": "true" });

/** Something that is kept and changes nothing here; unlike htmx's it outlives the page. */
const post = (url, body, { keepalive = true } = {}) => fetch(url, { method: "POST", headers: headersOfPost(), body, keepalive });

/** A UUID also where the page came without HTTPS, as on a home network. */
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Filled by passages.js: finding and describing passages of a message's text. */
const passages = {};

/** Filled by tail.js: making what is on the page equal to what came, keeping all that is equal already. */
const texts = {};

/** Filled by asking.js: the models that are asked at once. */
const asking = {};

/** Filled by hits.js: where in a conversation words are. */
const finding = {};
