"""What the sources say to people, and the German catalogue; `make messages` brings it up to the sources.

It needs none of gettext's programs: Django turns a template into calls, and Python reads its own.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from django.utils.translation import template as django_template

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "chat" / "locale" / "de" / "LC_MESSAGES" / "django.po"
# Which arguments of a call are texts: (context, singular, plural).
CALLS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop", "Phrase"), (None, 0, None)),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (None, 0, 1)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), (0, 1, None)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), (0, 1, 2)),
}


@dataclass(frozen=True, slots=True, order=True)
class Text:
    """A text to be translated; two with the same words and another context are two."""

    msgid: str
    plural: str = ""
    context: str = ""


def python_files() -> list[Path]:
    folders = (ROOT / "chat", ROOT / "exports", ROOT / "config")
    return sorted(
        path for folder in folders for path in folder.rglob("*.py") if "migrations" not in path.parts
    )


def template_files() -> list[Path]:
    folders = (ROOT / "templates", ROOT / "chat", ROOT / "exports")
    return sorted(path for folder in folders for path in folder.rglob("*.html"))


def texts_of(source: str, *, name: str = "<template>") -> Iterator[Text]:
    """The texts of Python source."""
    tree = ast.parse(source, name)
    calls = {**CALLS, **_also_called(tree)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        function = node.func
        called = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
        if called in calls:
            context, singular, plural = (
                "" if place is None else _constant(node, place) for place in calls[called]
            )
            if singular:
                yield Text(singular, plural, context)


def _also_called(tree: ast.AST) -> dict[str, tuple[int | None, int, int | None]]:
    """The names that a module gives to gettext's functions as it imports them."""
    return {
        name.asname: CALLS[name.name]
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for name in node.names
        if name.asname and name.name in CALLS
    }


def _constant(node: ast.Call, place: int) -> str:
    value = node.args[place] if place < len(node.args) else None
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


def template_texts(path: Path) -> Iterator[Text]:
    """The texts of a template: Django writes them as calls amid what is no Python."""
    for line in django_template.templatize(path.read_text(), origin=str(path)).splitlines():
        for call in _calls(line):
            yield from texts_of(call)


def _calls(line: str) -> Iterator[str]:
    """Each call of gettext in a line of Django's making, to the parenthesis that ends it."""
    starts = ("gettext(", "ngettext(", "pgettext(", "npgettext(", "_(")
    at = 0
    while at < len(line):
        start = next((word for word in starts if line.startswith(word, at)), "")
        call = _call_at(line, at) if start else ""
        if call:
            yield call
        at += len(call) or 1


def _call_at(line: str, at: int) -> str:
    end = line.find(")", at)
    while end != -1:
        try:
            ast.parse(line[at : end + 1], mode="eval")
        except SyntaxError:
            end = line.find(")", end + 1)
        else:
            return line[at : end + 1]
    return ""


def found() -> dict[Text, list[str]]:
    """Every text of the sources, and the files that say it."""
    texts: dict[Text, list[str]] = {}
    for path in python_files():
        for text in texts_of(path.read_text(), name=str(path)):
            texts.setdefault(text, []).append(str(path.relative_to(ROOT)))
    for path in template_files():
        for text in template_texts(path):
            texts.setdefault(text, []).append(str(path.relative_to(ROOT)))
    return _joined(texts)


def _joined(texts: dict[Text, list[str]]) -> dict[Text, list[str]]:
    """gettext keeps one entry for a text that is said both alone and with a plural."""
    plurals = {(text.msgid, text.context): text for text in texts if text.plural}
    joined: dict[Text, list[str]] = {}
    for text, files in texts.items():
        key = plurals.get((text.msgid, text.context), text)
        joined.setdefault(key, []).extend(files)
    return {text: sorted(set(files)) for text, files in sorted(joined.items())}


def key_of(entry: polib.POEntry) -> Text:
    return Text(entry.msgid, entry.msgid_plural or "", entry.msgctxt or "")


def merge() -> tuple[int, int]:
    """Bring the catalogue up to the sources, and compile it: (all texts, those to translate)."""
    catalogue = polib.pofile(str(CATALOGUE), wrapwidth=110)
    known = {key_of(entry): entry for entry in catalogue}
    alone = {(entry.msgid, entry.msgctxt or ""): entry for entry in catalogue}
    catalogue.clear()
    for text, files in found().items():
        entry = known.get(text) or polib.POEntry(
            msgid=text.msgid, msgid_plural=text.plural, msgctxt=text.context or None
        )
        if text.plural and not entry.msgstr_plural:
            entry.msgstr_plural = {0: "", 1: ""}
        before = alone.get((text.msgid, text.context))
        if not text.plural and not entry.msgstr and before is not None:
            entry.msgstr = before.msgstr
        entry.occurrences = [(file, "") for file in files]
        entry.flags = ["python-brace-format"] if "{" in text.msgid and "%(" not in text.msgid else []
        if "%(" in text.msgid:
            entry.flags = ["python-format"]
        catalogue.append(entry)
    catalogue.save()
    catalogue.save_as_mofile(str(CATALOGUE.with_suffix(".mo")))
    return len(catalogue), len(catalogue.untranslated_entries())


if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    all_texts, missing = merge()
    print(f"{all_texts} texts, {missing} to translate in {CATALOGUE.relative_to(ROOT)}")  # noqa: T201
