"""What a part of the document points at: other parts, and addresses outside that are safe to follow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote, urlsplit

from exports.formats.docx.text import quoted

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
# Word refuses longer ones, and with them the document.
_LONGEST = 2000
# Most addresses are, and need no second look.
_ORDINARY = re.compile("https?://[a-z0-9.-]{1,250}(?:/[A-Za-z0-9/._~-]{0,1000})?")
_WITHIN = "/:@!$&'()*+,;=~-._?"
_ESCAPED = re.compile("(%[0-9A-Fa-f]{2})")


class Relations:
    """Those of one part; the same target has one id.

    They count on from those that are `begun`: the ids of kinds and targets, without a gap from the first.
    """

    def __init__(self, begun: Mapping[tuple[str, str], str] | None = None) -> None:
        self._kept = dict(begun or {})

    def __bool__(self) -> bool:
        return bool(self._kept)

    def add(self, kind: str, target: str) -> str:
        """The id by which the part says `target`."""
        return self._kept.setdefault((kind, target), f"rId{len(self._kept) + 1}")

    def link(self, url: str) -> str:
        """The id of an address; empty where nobody should follow it."""
        target = address_of(url)
        return self.add("hyperlink", target) if target else ""

    def xml(self) -> Iterator[str]:
        yield f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="{_PACKAGE}">'
        for (kind, target), key in self._kept.items():
            outside = ' TargetMode="External"' if kind == "hyperlink" else ""
            yield (f'<Relationship Id="{key}" Type="{_OFFICE}/{kind}" Target="{quoted(target)}"{outside}/>')
        yield "</Relationships>"


def address_of(url: str) -> str:
    """The address in the signs that a URI has; empty unless it is one of the web or of mail.

    Word calls a document damaged in which a single one is not well formed.
    """
    if _ORDINARY.fullmatch(url):
        return url
    try:
        found = urlsplit(url.strip())
        if found.scheme in ("http", "https"):
            made = f"{found.scheme}://{_host(found.hostname or '', found.port)}{_quote(found.path)}"
        elif found.scheme == "mailto" and found.path:
            made = f"mailto:{_quote(found.path)}"
        else:
            return ""
        made += f"?{_quote(found.query)}" if found.query else ""
        made += f"#{_quote(found.fragment)}" if found.fragment else ""
    except ValueError:  # no port, no host in any alphabet, or a lone surrogate
        return ""
    return made if len(made) <= _LONGEST else ""


def _quote(text: str) -> str:
    """What is escaped already stays so."""
    pieces = _ESCAPED.split(text)
    return "".join(one if place % 2 else quote(one, safe=_WITHIN) for place, one in enumerate(pieces))


def _host(name: str, port: int | None) -> str:
    """Raises ValueError where there is none."""
    host = name if name.isascii() else name.encode("idna").decode("ascii")
    if not host or set(host) & set(" \"'<>\\^`{|}%"):
        raise ValueError(name)
    host = f"[{host}]" if ":" in host else host
    return host if port is None else f"{host}:{port}"
