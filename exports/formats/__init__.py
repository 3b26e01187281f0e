"""One file a format; this is the table of them, in the order in which they are offered."""

from __future__ import annotations

from exports.formats import docx, html, json, markdown, pdf, text
from exports.formats.contract import Format

FORMATS: dict[str, Format] = {one.FORMAT.name: one.FORMAT for one in (markdown, pdf, docx, html, text, json)}
