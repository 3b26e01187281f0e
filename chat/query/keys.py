"""The names of the filters, and the values of those whose values are given."""

from __future__ import annotations

ROLES = ("user", "assistant", "system", "tool")
STATES = ("starred", "archived")
CONTENTS = ("code", "attachment", "image", "link")
PLACES = ("title", "message", "note", "file")
# Filters whose values are given; of the others any may be asked for.
CHOICES = {"role": ROLES, "is": STATES, "has": CONTENTS, "in": PLACES}
ALSO_CALLED = {
    ("role", "me"): "user",
    **{("has", name): "attachment" for name in ("file", "files", "attachments")},
    **{("has", f"{name}s"): name for name in ("image", "link")},
    **{("in", f"{name}s"): name for name in PLACES},
}
DAYS = ("before", "after")
KEYS = ("tag", "project", "from", "model", "provider", *DAYS, *CHOICES)
