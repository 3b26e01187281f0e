// An image from elsewhere is fetched when somebody asks for it, and only then: in a frame without scripts
// that may load from that one host. What it costs is said on the card: that host learns of the visit.

const FRAME = "/picture-from/?url=";
document.documentElement.style.setProperty("--say-remote", JSON.stringify(byId("say-remote").textContent));

function show(link) {
  const frame = document.createElement("iframe");
  frame.sandbox = "";
  frame.referrerPolicy = "no-referrer";
  frame.title = link.textContent;
  frame.src = FRAME + encodeURIComponent(link.href);
  link.after(frame);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.remote");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return; // a tab of its own
  event.preventDefault();
  if (link.nextElementSibling?.matches("iframe")) link.nextElementSibling.remove();
  else show(link);
});
