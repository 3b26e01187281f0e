"""Where links lead: destinations and references after `]`, and which addresses are followed at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element

from chat.rendering.nodes import Reference
from chat.rendering.references import DESTINATION, TITLE, normalize, plain

_INLINE = re.compile(rf"\([ \t\n]*+(?:{DESTINATION}(?:[ \t\n]++{TITLE})?+)?[ \t\n]*+\)", re.DOTALL)
_LABEL = re.compile(r"\[((?:[^\[\]\\]|\\.){0,999}+)\]", re.DOTALL)
_FOLLOWED = re.compile(r"(?:https?://|mailto:|#)[^\s\x00-\x1f]", re.IGNORECASE)
LABEL_LIMIT = 999


def is_followed(url: str) -> bool:
    """Only the web, mail, and places within the page; never a script, a file, data or our own paths."""
    return bool(_FOLLOWED.match(url))


def find_target(
    text: str, after: int, label: str, references: Mapping[str, Reference]
) -> tuple[Reference, int] | None:
    """What the bracketed `label` that ends just before `after` points to, and where its source ends."""
    if match := _INLINE.match(text, after):
        pointed, bare, *titles = match.groups()
        target = Reference(plain(pointed or bare or ""), plain(next(filter(None, titles), "")))
        return (target, match.end()) if is_followed(target.url) else None
    if not references:
        return None
    end = after
    if match := _LABEL.match(text, after):
        label, end = match[1] or label, match.end()
    found = references.get(normalize(label)) if len(label) <= LABEL_LIMIT else None
    return (found, end) if found and is_followed(found.url) else None


def make_link(target: Reference) -> Element:
    link = Element("a", {"href": escape_ampersands(target.url)})
    if not target.url.startswith("#"):
        link.set("target", "_blank")
    if target.title:
        link.set("title", escape_ampersands(target.title))
    return link


def escape_ampersands(text: str) -> str:
    """Python-Markdown's serializer takes `&lt;` in a tree for an entity; what is ours is literal text."""
    return text.replace("&", "&amp;")
