"""A page under watch: whatever betrays that words became more than words is noted."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Dialog, Page, Request

from tests.browser.hostile import NEAR

DETECT = """
addEventListener('securitypolicyviolation', (event) => {
  pwned(`policy: ${event.violatedDirective} ${event.blockedURI}`);
});
"""
# What no text may have made, wherever it stands; of some places, which holds only words.
FORGED = (
    """() => {
  const found = [];
  const runs = /^\\s*(javascript|vbscript|data:(?!image)|blob|file)/i;
  for (const element of document.querySelectorAll('*')) {
    for (const { name, value } of element.attributes) {
      const is = `${name}="${value.slice(0, 60)}" of ${element.localName}`;
      if (/^on|^srcdoc$|^ping$/.test(name)) found.push(is);
      if (/^(data-)?hx-|^(sse|ws)-/.test(name) && /NEAR|pwned/.test(value)) found.push(is);
      if (/^(src|href|action|formaction|data|poster)$/.test(name) && runs.test(value)) found.push(is);
    }
  }
  const words = `.prose, .thinking__text, .title, .item, .chip, .callout, .toast, .note, .annotation,
    #result_list, .readonly`;
  for (const element of document.querySelectorAll(words)) {
    const made = element.querySelectorAll('script, style, iframe, object, embed, base, meta, link, template');
    found.push(...[...made].map((inner) => inner.outerHTML.slice(0, 90)));
  }
  const ids = ['title', 'messages', 'conversation', 'pane', 'composer-text', 'words', 'toasts', 'm-x', 'x'];
  for (const id of ids) {
    const all = document.querySelectorAll(`[id="${id}"], [name="${id}"]`);
    if (all.length > 1 || (all.length && id.endsWith('x'))) found.push(`id ${id}: ${all.length}`);
  }
  return found;
}"""
).replace("NEAR", NEAR.strip("/"))


class Watch:
    """A page, and what it did that no words may make it do."""

    def __init__(self, page: Page, own: str) -> None:
        self.page = page
        self.own = urlsplit(own).netloc
        self.hits: list[str] = []
        page.expose_function("pwned", lambda *words: self.hits.append(f"ran: {words}"))
        page.add_init_script(DETECT)
        page.on("dialog", self._dismiss)
        page.on("request", self._look_at)
        page.on("popup", lambda popup: self.hits.append(f"popup: {popup.url}"))
        page.on("download", lambda download: self.hits.append(f"download: {download.url}"))
        page.on("framenavigated", lambda frame: self._follow(frame.url))
        page.on("console", lambda message: self._hear(message.text))

    def expect_calm(self) -> None:
        self.page.wait_for_timeout(60)
        assert self.hits == []
        assert self.page.evaluate(FORGED) == []

    def expect_hit(self, sign: str) -> None:
        for _ in range(150):
            if any(sign in hit for hit in self.hits):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError((sign, self.hits))

    def _dismiss(self, dialog: Dialog) -> None:
        self.hits.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _look_at(self, request: Request) -> None:
        address = urlsplit(request.url)
        is_ours = address.netloc == self.own and not address.path.startswith(NEAR)
        if address.scheme in ("http", "https") and not is_ours:
            self.hits.append(f"request: {request.url}")

    def _follow(self, url: str) -> None:
        if urlsplit(url).netloc not in (self.own, ""):
            self.hits.append(f"navigation: {url}")

    def _hear(self, text: str) -> None:
        if "Content Security Policy" in text or "pwned" in text:
            self.hits.append(f"console: {text[:200]}")
