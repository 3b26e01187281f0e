"""Texts as models write them, and texts that are out to break the renderer. Deterministic by seed."""

from __future__ import annotations

import random
from collections.abc import Callable

PLAIN = """
the of and to in is that for it as with on this have from one had what all were when there can which
their said will each about how up out them then many some would other into has more two see time could
no make than first been its who now index cache server request token model stream database query session
""".split()  # noqa: SIM905  # a list of eighty quoted words reads worse
MARKED = [
    "**bold words**",
    "*soft*",
    "`code_span()`",
    "[link](https://example.org/a)",
    "🚀",
    "✅",
    "$x^2$",
    "**key**:",
]
CJK = "我喜欢全文搜索功能，因为它很快。**重点**在这里！"
FRAGMENTS = [
    "a", "b c", "\n", "\n\n", "- x\n", "- ", "  ", "    ", "\t", "1. ", "2) ", "> ", ">", "```", "```py\n",
    "~~~\n", "`", "**", "*", "_", "~~", "[", "]", "](https://x.org)", "(", "![", "[^1]", "[^1]: n",
    "[a]: https://y.org\n", "[a]", "|", "|-|-|\n", "| a | b |\n|---|---|\n", "---", "===", "# h\n", "$",
    "$$", "\\(", "\\)", "\\[", "\\]", "x^2", "中文", "，", "😀", "\r", "\r\n", "\0", "<br>", "<b onclick=x>",
    "&amp;", "&", "https://e.org", "\\", "Term\n: def\n", ": d\n", "- [ ] t\n", "  \n", "</div>", "\ud800",
    '"', "$5", "<!--", "\x02", "klzzwxh:0000", "\x02wzxhzdk:0\x03",
]  # fmt: skip


def _word(r: random.Random) -> str:
    return r.choice(MARKED) if r.random() < 0.06 else r.choice(PLAIN)


def _sentence(r: random.Random) -> str:
    return " ".join(_word(r) for _ in range(r.randint(6, 18))).capitalize() + "."


def _paragraph(r: random.Random) -> str:
    return " ".join(_sentence(r) for _ in range(r.randint(1, 4)))


def _list(r: random.Random) -> str:
    marks = [f"{number}. " for number in range(1, 7)] if r.random() < 0.4 else ["- "] * 6
    lines = []
    for mark in marks[: r.randint(2, 6)]:
        lines.append(mark + _sentence(r))
        if r.random() < 0.3:
            lines.append(" " * len(mark) + "- [x] " + _sentence(r))
    return "\n".join(lines)


def _table(r: random.Random) -> str:
    row = "| " + " | ".join(_word(r) for _ in range(3)) + " |"
    return "\n".join([row, "|---|:-:|--:|", *[row] * r.randint(1, 6)])


def _code(r: random.Random) -> str:
    language = r.choice(["python", "javascript", "sql", "", "bash", "nosuchlanguage"])
    line = f'def {r.choice("abc")}(x): return {{"k": {r.randint(0, 99)}}}  # note'
    return f"```{language}\n" + "\n".join([line] * r.randint(1, 15)) + "\n```"


def _quote(r: random.Random) -> str:
    return "> " + _sentence(r) + "\n> - " + _sentence(r)


BLOCKS: list[Callable[[random.Random], str]] = [
    _paragraph, _paragraph, _list, _table, _code, _quote,
    lambda r: "## " + _sentence(r), lambda r: "Term\n: " + _sentence(r),
    lambda _: CJK, lambda _: "$$\n\\frac{a}{b}\n$$",
]  # fmt: skip


def reply(seed: int, blocks: int = 12) -> str:
    """A well-formed reply; some lists and tables stand right after a paragraph."""
    r = random.Random(seed)
    return "".join(r.choice(BLOCKS)(r) + r.choice(["\n\n", "\n\n", "\n\n", "\n"]) for _ in range(blocks))


def rubble(seed: int, pieces: int = 30) -> str:
    """Half-open constructs in any order."""
    r = random.Random(seed)
    return "".join(r.choice(FRAGMENTS) for _ in range(r.randint(1, pieces)))


def cut(text: str, seed: int) -> list[str]:
    """The text in deltas of one to nine characters."""
    r = random.Random(seed)
    deltas = []
    while text:
        size = r.randint(1, 9)
        deltas.append(text[:size])
        text = text[size:]
    return deltas


def tokens(text: str) -> list[str]:
    """Pieces of about the size of a model's tokens."""
    return [text[start : start + 3] for start in range(0, len(text), 3)]
