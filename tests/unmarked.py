"""Finds words in templates and in Python that people read and that no translation can reach."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from django.template.base import Lexer, TokenType

from tests.catalogue import ROOT, python_files, template_files

SPOKEN = {
    "title",
    "aria-label",
    "aria-roledescription",
    "aria-description",
    "placeholder",
    "alt",
    "hx-confirm",
}
# What a data attribute holds is a word for people where it looks like a sentence or begins like one.
SENTENCE = re.compile(r"[^\W\d_]{2,} [a-z]|^[A-Z][a-z]+$")
NAMES = {"Parley", "Ctrl", "Esc", "Markdown", "Tab", "Enter", "API", "404", "403", "413", "400", "500"}
LETTERS = re.compile(r"[^\W\d_]{2,}")
SILENT = {"script", "style", "template-name", "code", "samp"}
# An English reference for programmers, of an English API.
ENGLISH = ("templates/api/",)
# What only tests hear.
SCRIPTS = "chat/providers/scripted.py"
TELLERS = {"toast", "success", "info", "warning", "error"}
LITERAL = re.compile(r"""(?<!_\()(["'])([A-Z][^"']*|[^"':]*\s[^"']*)\1""")
ARGUMENT = re.compile(r"""=(["'])([A-Z][^"']*\s[^"']*)\1""")
SAID_BY_FORMS = {"label", "help_text", "placeholder", "title", "detail"}


class Words(HTMLParser):
    """Collects what is read of a page whose template tags were cut out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in SILENT
        for name, value in attrs:
            if value and (name in SPOKEN or (name.startswith("data-") and SENTENCE.search(value))):
                self._say(value)

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in SILENT

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self._say(data)

    def _say(self, text: str) -> None:
        rest = [word for word in LETTERS.findall(text) if word not in NAMES]
        if rest and "hx-" not in text:  # attributes in a block of their own
            self.found.append(" ".join(text.split()))


def in_template(path: Path) -> list[str]:
    html: list[str] = []
    bare: list[str] = []
    is_block = False
    for token in Lexer(path.read_text()).tokenize():
        if token.token_type == TokenType.BLOCK:
            name = token.split_contents()[0]
            is_block = name == "blocktranslate" or (is_block and name != "endblocktranslate")
            if name in ("include", "with"):
                bare += [match[2] for match in ARGUMENT.finditer(token.contents)]
        elif token.token_type == TokenType.VAR:
            bare += [match[2] for match in LITERAL.finditer(token.contents)]
        elif token.token_type == TokenType.TEXT and not is_block:
            html.append(token.contents)
    words = Words()
    words.feed("".join(html))
    words.close()
    return words.found + [text for text in bare if not text.endswith("_FORMAT") and LETTERS.search(text)]


def in_python(path: Path, refusals: set[str]) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield from _said_by(node, refusals)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if _text(key) in ("placeholder", "invalid", "required") and _text(value) != "bad":
                    yield _text(value)
        elif isinstance(node, ast.ClassDef) and node.name in refusals:
            for line in node.body:
                if isinstance(line, ast.Assign) and getattr(line.targets[0], "id", "") == "title":
                    yield _text(line.value)


def _said_by(node: ast.Call, refusals: set[str]) -> Iterator[str]:
    function = node.func
    owner = getattr(getattr(function, "value", None), "id", "")
    name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
    if name in refusals | TELLERS and owner not in ("log", "logger"):
        yield from (_text(argument) for argument in node.args if " " in _text(argument))
    for keyword in node.keywords:
        if keyword.arg in SAID_BY_FORMS and " " in _text(keyword.value):
            yield _text(keyword.value)


def _text(node: ast.AST | None) -> str:
    if isinstance(node, ast.JoinedStr):
        return " ".join(_text(part) for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def refusals() -> set[str]:
    """The names of the exceptions that people read."""
    bases = {
        node.name: {getattr(base, "id", "") for base in node.bases}
        for path in python_files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef)
    }
    known = {"Refused", "ProviderError"}
    while more := {name for name, above in bases.items() if above & known} - known:
        known |= more
    return known


def everywhere() -> dict[str, list[str]]:
    """File by file what is unmarked; commands speak to the administrator's terminal, in English."""
    found = {
        str(path.relative_to(ROOT)): in_template(path)
        for path in template_files()
        if not str(path.relative_to(ROOT)).startswith(ENGLISH)
    }
    known = refusals()
    for path in python_files():
        name = str(path.relative_to(ROOT))
        if "/management/" not in name and not name.startswith(("chat/api/", SCRIPTS)):
            found[name] = sorted({text for text in in_python(path, known) if LETTERS.search(text)})
    return {name: texts for name, texts in found.items() if texts}


if __name__ == "__main__":
    for name, texts in everywhere().items():
        print(f"{name}\n   " + "\n   ".join(texts))  # noqa: T201
