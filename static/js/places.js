// The place in the sidebar that one is at is marked, also when only the pane was put in anew.

function mark() {
  for (const link of document.querySelectorAll(".sidebar__places a")) {
    const { pathname } = location;
    if (pathname === link.pathname) link.setAttribute("aria-current", "page");
    else if (pathname.startsWith(link.pathname)) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

document.addEventListener("htmx:pushedIntoHistory", mark);
document.addEventListener("htmx:replacedInHistory", mark);
