"""Icons and numbers as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from chat.phrases import Phrase
from chat.speaking import spoken, translated
from chat.text import brief_number, duration, money, number

register = template.Library()
FILE_ICONS = {"image": "image", "document": "file-text", "code": "file-code", "text": "file-text"}


@register.simple_tag
def icon(name: str) -> SafeString:
    """A symbol of the sprite; it says nothing to a screen reader, so the control around it has a name."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', _sprite(), name)


@register.simple_tag
def file_icon(kind: str) -> SafeString:
    """The symbol of a kind of attachment."""
    return icon(FILE_ICONS.get(kind, "file"))


@register.filter
def grouped(value: int) -> str:
    """A count with its thousands apart, as the language has it."""
    return number(value)


@register.filter
def brief(value: int) -> str:
    """A count to three digits or so."""
    return brief_number(value)


@register.filter
def dollars(value: Decimal) -> str:
    return money(value)


@register.filter
def taken(milliseconds: int) -> str:
    """How long something took."""
    return duration(milliseconds)


@register.simple_tag
def phrase(words: str) -> str:
    """Words of a program in the reader's language; what is none of its phrases, as it is."""
    return translated(words) if isinstance(words, Phrase) else words


@register.filter
def said(failure: Mapping[str, Any], part: str) -> str:
    """The `title` or `detail` of a failure as a row keeps it, in the reader's language."""
    return spoken((failure.get("said") or {}).get(part), str(failure.get(part, "")))


@lru_cache(maxsize=1)
def _sprite() -> str:
    return static("img/icons.svg")
