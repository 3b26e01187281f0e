"""Reads HTML back: is it balanced, is it safe, and what structure has it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

VOID = {"br", "hr", "input"}
FORBIDDEN = {
    "script",
    "style",
    "iframe",
    "img",
    "svg",
    "object",
    "form",
    "link",
    "meta",
    "base",
    "video",
    "audio",
}
SAFE_ADDRESS = re.compile(r"(?:https?://|mailto:|#)", re.IGNORECASE)


class Reader(HTMLParser):
    """Notes what is wrong with a fragment."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        if tag in FORBIDDEN:
            self.faults.append(f"<{tag}>")
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "src", "srcset", "action", "formaction"):
                self.faults.append(f"{tag} {name}")
            if name == "href" and not SAFE_ADDRESS.match(value or ""):
                self.faults.append(f"href {value}")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}>")


def faults(html: str) -> list[str]:
    """What is unsafe or unbalanced in it."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader.faults + [f"unclosed <{tag}>" for tag in reader.open]


def structure(html: str) -> str:
    """The HTML without what is ours alone: frames of code and tables, attributes, lines between tags."""
    html = re.sub(r"<figcaption>.*?</figcaption>|</?figure[^>]*>|</?div[^>]*>|</?span[^>]*>", "", html)
    html = re.sub(r"<(\w+)((?: [\w-]+(?:=\"[^\"]*\")?)*)>", _without_ours, html)
    return re.sub(r"(?<=>)\n", "", html).strip()


def _without_ours(match: re.Match[str]) -> str:
    kept = re.findall(r' (?:href|start|align|checked)(?:="[^"]*")?', match[2])
    return f"<{match[1]}{''.join(kept)}>"
