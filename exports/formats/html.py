"""One file for any browser: it asks for nothing, runs nothing, and tells nobody that it was opened."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import sha256
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_bidi, gettext_lazy
from django.utils.translation import gettext as _

from exports.content.articles import Articles
from exports.content.bodies import escaped
from exports.content.facts import facts_of
from exports.content.outline import Line, outline_of
from exports.content.transcript import GoOn, Transcript
from exports.formats.contract import Format
from exports.formats.gathering import in_large_pieces

POLICY = "default-src 'none'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'"
SHEET = Path(__file__).with_suffix(".css")
# Questions that are listed one below the other; of more, so many fold into a line of their own.
AT_ONCE = 50


def write(transcript: Transcript, out: BinaryIO, go_on: GoOn) -> None:
    articles = Articles(transcript.options)
    with in_large_pieces(out) as pieces:
        pieces.writelines(map(_encoded, _beginning(transcript, articles)))
        for entry in transcript.entries(go_on):
            pieces.writelines(map(_encoded, articles.of(entry)))
        pieces.write(_encoded(_end()))


def _encoded(piece: str) -> bytes:
    return piece.encode("utf-8", "replace")


FORMAT = Format(
    name="html",
    label="HTML",
    hint=gettext_lazy("One page with everything in it, to be read in any browser"),
    suffix=".html",
    mime_type="text/html",
    write=write,
)


@cache
def _sheet() -> tuple[str, str]:
    """The style sheet, and the digest by which the document's policy knows it."""
    sheet = SHEET.read_text("utf-8")
    return sheet, b64encode(sha256(sheet.encode()).digest()).decode()


def _beginning(transcript: Transcript, articles: Articles) -> Iterator[str]:
    yield _head(escaped(transcript.title))
    yield f'<body>\n<a class="skip" href="#messages">{escaped(_("Skip to the conversation"))}</a>\n'
    yield articles.names()
    yield from _contents(transcript)
    yield '\n<main id="messages">\n'
    yield from _title(transcript)


def _head(title: str) -> str:
    sheet, digest = _sheet()
    policy = POLICY.format(digest)
    language, way = get_language() or "en", "rtl" if get_language_bidi() else "ltr"
    return (
        f'<!DOCTYPE html>\n<html lang="{language}" dir="{way}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="referrer" content="no-referrer">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n<meta name="generator" content="Parley">\n'
        f"<title>{title}</title>\n<style>{sheet}</style>\n</head>\n"
    )


def _title(transcript: Transcript) -> Iterator[str]:
    level = min(6, transcript.options.heading_level)
    yield f'<header class="title">\n<h{level}><bdi>{escaped(transcript.title)}</bdi></h{level}>\n'
    if transcript.options.metadata:
        yield "<dl>\n"
        for name, value in facts_of(transcript):
            yield f"<div><dt>{escaped(name)}</dt><dd><bdi>{escaped(value)}</bdi></dd></div>\n"
        yield "</dl>\n"
    yield "</header>\n"


def _contents(transcript: Transcript) -> Iterator[str]:
    lines = outline_of(transcript)
    first = list(islice(lines, AT_ONCE + 1))
    if not first:
        return
    name = escaped(_("Questions"))
    yield f'<nav class="contents" aria-label="{name}">\n<details><summary>{name}</summary>\n'
    if len(first) <= AT_ONCE:
        yield from _list(first)
    else:
        yield from _folded(chain(first, lines), has_dates=transcript.options.timestamps)
    yield "</details>\n</nav>"


def _folded(lines: Iterator[Line], *, has_dates: bool) -> Iterator[str]:
    while group := list(islice(lines, AT_ONCE)):
        day = escaped(date_format(group[0].written_at, "SHORT_DATE_FORMAT")) if has_dates else ""
        yield f"<details><summary>{group[0].number}–{group[-1].number}<span>{day}</span></summary>\n"
        yield from _list(group)
        yield "</details>\n"


def _list(lines: Iterable[Line]) -> Iterator[str]:
    yield "<ol>\n"
    for line in lines:
        words = escaped(line.words or _("Message %(n)s") % {"n": line.number})
        yield f'<li><a href="#{line.anchor}"><i>{line.number}</i><span dir="auto">{words}</span></a></li>\n'
    yield "</ol>\n"


def _end() -> str:
    now = date_format(timezone.localtime(), "SHORT_DATETIME_FORMAT")
    said = escaped(_("Written by Parley on %(when)s") % {"when": now})
    return f'</main>\n<footer class="end">{said}</footer>\n</body>\n</html>\n'
