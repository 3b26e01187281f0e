// Runs before the first paint, so that neither the theme nor the sidebar flashes. Nothing else belongs here.
(() => {
  const root = document.documentElement;
  const read = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null; // storage may be forbidden
    }
  };
  root.dataset.script = "";
  // Of a person who is logged in the server knows the theme, and has written it already.
  const theme = "known" in root.dataset ? null : read("parley:theme");
  if (theme) root.dataset.theme = theme;
  if (read("parley:sidebar") === "closed") root.dataset.sidebar = "closed";
  const width = Number(read("parley:sidebar-width"));
  if (width) root.style.setProperty("--sidebar", `${width}px`);
  // What this browser chose for code goes before what the account says.
  for (const choice of ["wrap-code", "line-numbers"]) {
    const chosen = read(`parley:${choice}`);
    if (chosen) root.toggleAttribute(`data-${choice}`, chosen === "on");
  }
  // Days and times are told in the person's own zone, which the server cannot know otherwise.
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) document.cookie = `parley_zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax`;
})();
