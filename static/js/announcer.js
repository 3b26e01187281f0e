// What a screen reader hears, politely: that a reply begins and ends, never its tokens. How much is a preference.

const HEARD = { off: [], end: ["complete", "stopped", "interrupted", "error"] };
HEARD.brief = ["pending", "streaming", ...HEARD.end];
HEARD.read = HEARD.brief;
const ENOUGH = 5000; // characters of a reply that are read out in one go

let timer = 0;

/** The same words twice are heard twice: the region is emptied between. What comes last is heard. */
function say(words) {
  const region = byId("announcer");
  region.textContent = "";
  clearTimeout(timer);
  timer = setTimeout(() => (region.textContent = words), 60);
}

document.addEventListener("parley:reply", (event) => {
  const { id, status, name, asks } = event.detail;
  const liking = document.documentElement.dataset.announce ?? "brief";
  if (asks && liking !== "off") return say(byId("announcer").dataset.asks);
  // Of replies side by side one hears when each is done, and whose it is.
  if (!HEARD[liking]?.includes(status) || (name && status === "streaming")) return;
  const words = `${name && status !== "pending" ? `${name}: ` : ""}${byId("announcer").dataset[status]}`;
  if (liking !== "read" || status !== "complete") return say(words);
  // Its last text is put in after this.
  setTimeout(() => say(`${words}. ${byId(id)?.querySelector(".message__body")?.innerText.slice(0, ENOUGH) ?? ""}`));
});
document.addEventListener("parley:say", (event) => say(event.detail));
