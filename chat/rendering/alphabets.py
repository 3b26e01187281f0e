"""Letters in the alphabets that mathematicians use: bold, script, blackboard… as Unicode has them."""

from __future__ import annotations

from functools import lru_cache

# Where each alphabet's A, a and 0 are; 0 where it has none.
_STARTS = {
    "bold": (0x1D400, 0x1D41A, 0x1D7CE),
    "italic": (0x1D434, 0x1D44E, 0),
    "bold-italic": (0x1D468, 0x1D482, 0x1D7CE),
    "script": (0x1D49C, 0x1D4B6, 0),
    "bold-script": (0x1D4D0, 0x1D4EA, 0),
    "fraktur": (0x1D504, 0x1D51E, 0),
    "bold-fraktur": (0x1D56C, 0x1D586, 0),
    "double-struck": (0x1D538, 0x1D552, 0x1D7D8),
    "sans-serif": (0x1D5A0, 0x1D5BA, 0x1D7E2),
    "bold-sans-serif": (0x1D5D4, 0x1D5EE, 0x1D7EC),
    "sans-serif-italic": (0x1D608, 0x1D622, 0),
    "sans-serif-bold-italic": (0x1D63C, 0x1D656, 0),
    "monospace": (0x1D670, 0x1D68A, 0x1D7F6),
}
# Letters that Unicode had elsewhere before it had the alphabets.
_EARLIER = {
    "italic": {"h": "ℎ"},
    "script": dict(zip("BEFHILMRego", "ℬℰℱℋℐℒℳℛℯℊℴ", strict=True)),
    "fraktur": dict(zip("CHIRZ", "ℭℌℑℜℨ", strict=True)),
    "double-struck": dict(zip("CHNPQRZ", "ℂℍℕℙℚℝℤ", strict=True)),
}
_GREEK = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡϴΣΤΥΦΧΨΩ∇αβγδεζηθικλμνξοπρςστυφχψω∂ϵϑϰϕϱϖ"
_GREEK_STARTS = {"bold": 0x1D6A8, "italic": 0x1D6E2, "bold-italic": 0x1D71C}


def styled(text: str, variant: str) -> str:
    """The text in that alphabet; what it has no sign for stays as it is."""
    table = _table(variant)
    return "".join(table.get(char, char) for char in text)


@lru_cache(maxsize=16)
def _table(variant: str) -> dict[str, str]:
    if variant not in _STARTS:
        return {}
    table: dict[str, str] = {}
    for first, start, count in zip("Aa0", _STARTS[variant], (26, 26, 10), strict=True):
        if start:
            table |= {chr(ord(first) + place): chr(start + place) for place in range(count)}
    if variant in _GREEK_STARTS:
        table |= {char: chr(_GREEK_STARTS[variant] + place) for place, char in enumerate(_GREEK)}
    return table | _EARLIER.get(variant, {})
