"""Part of a file that is asked for (RFC 9110, section 14): a download that broke off goes on where it was."""

from __future__ import annotations

import re

from django.http import HttpRequest

# One part. Of several, a server may send the whole; nobody who downloads asks for several.
_PART = re.compile(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*")


def asked_part(request: HttpRequest, size: int, tag: str) -> range | None:
    """The bytes that are asked for; None for all of them, and an empty range where there are none such."""
    told = _PART.fullmatch(request.headers.get("Range", ""))
    if told is None or is_head(request) or request.headers.get("If-Range", tag) != tag:
        return None
    first, last = told.groups()
    if not first:
        return range(max(0, size - int(last)), size) if last else None
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, size) if last else size)


def is_head(request: HttpRequest) -> bool:
    """Whether only what is said of an answer is wanted; the API is asked as if all of it were."""
    return request.method == "HEAD" or "parley.is_head" in request.META
