"""What to send of HTML that has grown: where it differs from the last, and what follows there."""

from __future__ import annotations


def tail_patch(old: str, new: str) -> tuple[int, str]:
    """The length of the common beginning, in UTF-16 units as JavaScript counts, and the rest of `new`.

    Python's strings are code points, so no surrogate pair is ever split."""
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return len(new[:low].encode("utf-16-le", "surrogatepass")) // 2, new[low:]
