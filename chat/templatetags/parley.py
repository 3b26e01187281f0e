"""Icons and numbers as people read them."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A symbol of the sprite; it says nothing to a screen reader, so the control around it has a name."""
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>', _sprite(), name)


@lru_cache(maxsize=1)
def _sprite() -> str:
    return static("img/icons.svg")
