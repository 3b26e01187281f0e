"""What is said of a file that could not be read, and of how much there is in one that was."""

from __future__ import annotations

from chat.phrases import Phrase

PROBLEMS = {
    "protected": Phrase("It is protected by a password."),
    "scanned": Phrase("There is no text in it; it looks scanned."),
    "empty": Phrase("There is no text in it."),
    "damaged": Phrase("It is damaged."),
    "packed": Phrase("Unpacked it would be too large."),
    "too_large": Phrase("Reading it takes too much memory."),
    "too_long": Phrase("Reading it takes too long."),
    "too_wide": Phrase("One of its sheets is too large."),
    "lost": Phrase("It is not there any more."),
    "failed": Phrase("It could not be read because of a fault in Parley itself. It has been logged."),
}
ONE = {
    "page": Phrase("1 page"),
    "sheet": Phrase("1 sheet"),
    "slide": Phrase("1 slide"),
    "chapter": Phrase("1 chapter"),
}
UNREAD = Phrase("It could not be read.")


def problem_in_words(problem: str) -> Phrase:
    return PROBLEMS.get(problem, UNREAD)


def extent_in_words(unit: str, count: int) -> Phrase | None:
    """How much there is of a document; None where its kind has no parts to count."""
    if unit in ONE and count == 1:
        return ONE[unit]
    match unit:
        case "page":
            return Phrase("%(count)s pages", count=count)
        case "sheet":
            return Phrase("%(count)s sheets", count=count)
        case "slide":
            return Phrase("%(count)s slides", count=count)
        case "chapter":
            return Phrase("%(count)s chapters", count=count)
    return None
