"""What was done with a tool, in the words that stand beside its name."""

from __future__ import annotations

from django.utils.translation import gettext as _

from chat.fragments import Tool


def doing_of(tool: Tool) -> str:
    """As "called", or "answered · Failed"."""
    words = [_("called") if tool.is_call else _("answered")]
    if tool.is_refused:
        words.append(_("Not allowed"))
    elif tool.state != "complete":
        words.append(_("Failed") if tool.state == "error" else _("Running"))
    return " · ".join(words)
