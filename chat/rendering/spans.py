"""Inline constructs that stand for themselves: code, escapes, formulas, addresses, entities, footnote marks.

Python-Markdown inline processors that name the characters they can begin with, for `inline`."""

from __future__ import annotations

import re
from bisect import bisect_left
from html import unescape
from typing import ClassVar
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.util import AtomicString

from chat.rendering.context import Context
from chat.rendering.hosts import mark_host
from chat.rendering.links import escape_ampersands
from chat.rendering.maths import SOURCE_LIMIT, render_maths

Found = tuple[Element | str, int, int] | tuple[None, None, None]
NOTHING: Found = (None, None, None)


class Span(InlineProcessor):
    """An inline processor that begins with one of `CHARS`."""

    CHARS: ClassVar[str]
    PATTERN: ClassVar[str]

    def __init__(self, md: Markdown) -> None:
        super().__init__(self.PATTERN, md)


class CodeSpan(Span):
    CHARS = "`"
    PATTERN = r"`++"
    _text = ""
    _runs: dict[int, list[int]] = {}

    def handleMatch(self, m: re.Match[str], data: str) -> Found:  # type: ignore[override]
        length = len(m[0])
        close = self._find(data, length, m.end())
        if close < 0:
            return m[0], m.start(), m.end()
        source = data[m.end() : close].replace("\n", " ")
        if source[0] == source[-1] == " " and source.strip(" "):
            source = source[1:-1]
        code = Element("code")
        code.text = AtomicString(escape_ampersands(source))
        return code, m.start(), close + length

    def _find(self, data: str, length: int, after: int) -> int:
        """Where the next run of this length begins. Runs are listed once per text, or it is quadratic."""
        if data is not self._text:
            self._text, self._runs = data, {}
            for run in self.compiled_re.finditer(data):
                self._runs.setdefault(len(run[0]), []).append(run.start())
        starts = self._runs.get(length, [])
        index = bisect_left(starts, after)
        return starts[index] if index < len(starts) else -1


class Escape(Span):
    CHARS = "\\"
    PATTERN = r"\\([!-/:-@\[-`{-~\n])"

    def handleMatch(self, m: re.Match[str], data: str) -> Found:  # type: ignore[override]
        return (Element("br") if m[1] == "\n" else m[1]), m.start(), m.end()


class Entity(Span):
    CHARS = "&"
    PATTERN = r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});"

    def handleMatch(self, m: re.Match[str], data: str) -> Found:  # type: ignore[override]
        return unescape(m[0]).replace("\x02", "\ufffd").replace("\x03", "\ufffd"), m.start(), m.end()


class Angle(Span):
    """`<https://…>`, `<someone@example.org>`, and `<br>`, the one tag that models need in tables."""

    CHARS = "<"
    PATTERN = (
        r"<(?:(?P<url>(?i:https?|mailto):[^\s<>]+)"
        r"|(?P<mail>[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})|(?i:br) ?/?)>"
    )

    def handleMatch(self, m: re.Match[str], data: str) -> Found:  # type: ignore[override]
        shown = m["url"] or m["mail"]
        if not shown:
            return Element("br"), m.start(), m.end()
        href = escape_ampersands(m["url"] or f"mailto:{shown}")
        link = Element("a", {"href": href, "target": "_blank"})
        link.text = AtomicString(escape_ampersands(shown))
        mark_host(link, m["url"] or f"mailto:{shown}")
        return link, m.start(), m.end()


class BareLink(Span):
    """An address without any marks: https://github.github.com/gfm/#autolinks-extension-.

    Chinese and Japanese punctuation ends it too, as white space does.
    """

    CHARS = "hHwW"
    PATTERN = r"(?i)(?:https?://|(?P<www>www\.))"
    _STOP = re.compile(r"[\s<`\u3000-\u303f\uff00-\uff65]|\]\(")
    _DOMAIN = re.compile(r"[^\W_][\w.-]{0,252}")  # as long as RFC 1035 has them

    def handleMatch(self, m: re.Match[str], data: str) -> Found:  # type: ignore[override]
        if not self._has_domain(data, m.end()):
            return m[0], m.start(), m.end()
        # Whatever is looked through from here on is taken, so that nothing is looked through often.
        stop = self._STOP.search(data, m.end())
        end = _without_punctuation(data, m.end(), stop.start() if stop else len(data))
        shown = data[m.start() : end]
        href = f"https://{shown}" if m["www"] else shown
        made = Element("a", {"href": escape_ampersands(href), "target": "_blank"})
        made.text = AtomicString(escape_ampersands(shown))
        mark_host(made, href)
        return made, m.start(), end

    def _has_domain(self, data: str, start: int) -> bool:
        found = self._DOMAIN.match(data, start)
        stop = self._STOP.search(data, start, found.end()) if found else None
        name = data[start : stop.start()] if stop else found[0] if found else ""
        return bool(name) and not any("_" in label for label in name.rstrip("._").split(".")[-2:])


_BRACKETS = {")": "(", "]": "["}
_ENTITY = re.compile(r"&[A-Za-z0-9]{1,31};\Z")


def _without_punctuation(text: str, start: int, end: int) -> int:
    """Where an address ends that is followed by marks of the sentence around it."""
    surplus: dict[str, int] = {}
    while end > start:
        last = text[end - 1]
        if last in _BRACKETS:
            if last not in surplus:
                surplus[last] = text.count(last, start, end) - text.count(_BRACKETS[last], start, end)
            if surplus[last] <= 0:
                break
            surplus[last] -= 1
            end -= 1
        elif last == ";":
            entity = _ENTITY.search(text[max(start, end - 33) : end])
            end -= len(entity[0]) if entity else 1
        elif last in "?!.,:*_~'\"":
            end -= 1
        else:
            break
    return end


class Formula(Span):
    r"""`$…$`, `$$…$$`, `\(…\)`, `\[…\]`. Amounts of money are none: see `_is_money`."""

    CHARS = "$\\"
    PATTERN = r"\$\$|\$|\\[(\[]"
    _CLOSES = {"$$": "$$", r"\(": r"\)", r"\[": r"\]"}
    _SINGLE = re.compile(
        r"\$(?=[^\s$])((?:[^$\\]|\\.)++)(?<!\s)\$(?!\d)(?=\W|_|\Z|(?:th|st|nd|rd|s)\b)", re.DOTALL
    )
    _MONEY = re.compile(r"\d[\d.,]*+\s?(?:[kKMBbm]n?\b)?[\s,;:/–-]*+(?:[^\W\d_]{2,}|$)")

    def handleMatch(self, m: re.Match[str], data: str) -> Found:  # type: ignore[override]
        start = m.start()
        if m[0] == "$":
            single = self._SINGLE.match(data, start)
            if not single or self._is_money(data, single):
                return NOTHING
            return self._show(single[1], display=False), start, single.end()
        close = data.find(self._CLOSES[m[0]], m.end(), m.end() + SOURCE_LIMIT)
        source = data[m.end() : close]
        if close < 0 or not source.strip():
            return (m[0], start, m.end()) if m[0] == "$$" else NOTHING
        return self._show(source, display=m[0] != r"\("), start, close + 2

    def _is_money(self, data: str, match: re.Match[str]) -> bool:
        follows_word = match.start() > 0 and data[match.start() - 1].isalnum()
        return follows_word or len(match[1]) > SOURCE_LIMIT or bool(self._MONEY.match(match[1]))

    def _show(self, source: str, *, display: bool) -> Element:
        shown = Element("span", {"class": "maths"})
        shown.text = AtomicString(self.md.htmlStash.store(render_maths(source, display=display)))
        return shown


class FootnoteMark(Span):
    CHARS = "["
    PATTERN = r"\[\^([^\]\s]{1,99})\]"
    context = Context()

    def handleMatch(self, m: re.Match[str], data: str) -> Found:  # type: ignore[override]
        label = m[1].casefold()
        if label not in self.context.footnotes:
            return NOTHING
        used = self.context.used
        used[label] = used.get(label, 0) + 1
        number = list(used).index(label) + 1
        mark = Element("sup", {"id": self.context.element_id(f"fnref-{number}-{used[label]}")})
        link = Element("a", {"href": "#" + self.context.element_id(f"fn-{number}"), "role": "doc-noteref"})
        link.text = AtomicString(str(number))
        mark.append(link)
        return mark, m.start(), m.end()


SPANS = (CodeSpan, Formula, Escape, Entity, Angle, BareLink, FootnoteMark)
