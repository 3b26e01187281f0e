"""What can be done by key and from the palette: one table for the handler, the sheet and the settings.

Keys are written as "mod+shift+k": modifiers in the order of `MODIFIERS`, then the key in lower case. "mod" is
Command on a Mac and Ctrl elsewhere. Alt+Shift is taken by no browser and no screen reader: most are there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

Words = str | Promise
MODIFIERS = ("mod", "alt", "shift")


@dataclass(frozen=True, slots=True)
class Action:
    """`keys` work everywhere and can be changed; `single` only outside of text, and can be switched off."""

    name: str
    label: Words
    icon: str
    group: Words
    keys: str = ""
    single: str = ""
    has_keys: bool = True
    in_palette: bool = True


CONVERSATIONS, REPLY, GENERAL = _("Conversations"), _("This conversation"), _("Parley")

ACTIONS = (
    Action("new-conversation", _("New conversation"), "square-pen", CONVERSATIONS, "alt+shift+n", "n"),
    Action("new-temporary", _("New temporary conversation"), "ghost", CONVERSATIONS, "alt+shift+y", "y"),
    Action("search", _("Search everything"), "search", CONVERSATIONS, "mod+shift+f", "s"),
    Action(
        "filter-list", _("Filter the list of conversations"), "list-filter", CONVERSATIONS, "alt+shift+l", "/"
    ),
    Action("next-conversation", _("Next conversation"), "arrow-down", CONVERSATIONS, "alt+shift+j", "j"),
    Action(
        "previous-conversation", _("Previous conversation"), "arrow-up", CONVERSATIONS, "alt+shift+k", "k"
    ),
    Action("next-tab", _("Next tab"), "arrow-right", CONVERSATIONS, "alt+pagedown"),
    Action("previous-tab", _("Previous tab"), "arrow-left", CONVERSATIONS, "alt+pageup"),
    Action("close-tab", _("Close this tab"), "x", CONVERSATIONS, "alt+shift+w"),
    Action("focus-composer", _("Write a message"), "pen-line", REPLY, "alt+shift+m", "m"),
    Action("stop", _("Stop the reply"), "square", REPLY, "alt+shift+x", "x"),
    Action("regenerate", _("Answer again"), "refresh-cw", REPLY, "alt+shift+r", "r"),
    Action("copy-reply", _("Copy the last reply"), "copy", REPLY, "alt+shift+c", "c"),
    Action("copy-code", _("Copy the last code block"), "code-xml", REPLY, "alt+shift+p", "p"),
    Action("edit-last", _("Edit your last message"), "pencil", REPLY, "alt+shift+e", "e"),
    Action("find", _("Find in this conversation"), "text-search", REPLY, "alt+shift+f", "f"),
    Action("choose-model", _("Choose a model"), "chevrons-up-down", REPLY, "alt+shift+o", "o"),
    Action("ask-several", _("Ask several models"), "columns-2", REPLY, "alt+shift+a"),
    Action("star", _("Star or unstar"), "star", REPLY, single="*"),
    Action("rename", _("Rename"), "pencil", REPLY, "f2"),
    Action("tags", _("Tags"), "tag", REPLY, single="t"),
    Action("archive", _("Archive or bring back"), "archive", REPLY, single="a"),
    Action("project", _("Move to a project"), "folder", REPLY, single="l"),
    Action("map", _("Map of versions and branches"), "git-graph", REPLY, "alt+shift+g", "v"),
    Action("compare", _("Compare with another conversation"), "git-compare", REPLY),
    Action("merge", _("Merge another conversation into this one"), "git-merge", REPLY),
    Action("duplicate", _("Duplicate this conversation"), "copy-plus", REPLY, "alt+shift+d"),
    Action("export", _("Export this conversation"), "download", REPLY, single="d"),
    Action("clear", _("Clear messages"), "eraser", REPLY),
    Action("delete", _("Delete this conversation"), "trash-2", REPLY, single="#"),
    Action("palette", _("Command palette"), "command", GENERAL, "mod+k", in_palette=False),
    Action("shortcuts", _("Keyboard shortcuts"), "keyboard", GENERAL, "mod+/", "?"),
    Action("undo", _("Undo what was just done"), "undo-2", GENERAL, "alt+shift+z", "z"),
    Action("projects", _("Projects"), "folder", GENERAL, "alt+shift+1", "1"),
    Action("templates", _("Templates"), "layout-template", GENERAL, "alt+shift+2", "2"),
    Action("imports", _("Import conversations"), "upload", GENERAL, "alt+shift+3", "3"),
    Action("exports", _("Exports"), "download", GENERAL, "alt+shift+5", "5"),
    Action("trash", _("Trash"), "trash", GENERAL, "alt+shift+4", "4"),
    Action("settings", _("Settings"), "settings-2", GENERAL, "alt+shift+s"),
    Action("toggle-sidebar", _("Show or hide the sidebar"), "panel-left", GENERAL, "alt+shift+b", "b"),
    Action("theme-light", _("Light theme"), "sun", GENERAL, has_keys=False),
    Action("theme-dark", _("Dark theme"), "moon", GENERAL, has_keys=False),
    Action("theme-system", _("Theme as the system"), "monitor", GENERAL, has_keys=False),
    Action("log-out", _("Log out"), "log-out", GENERAL, has_keys=False),
)
WITH_KEYS = {action.name: action for action in ACTIONS if action.has_keys}

# Text is moved through, selected and edited with these, or the browser keeps them to itself.
TAKEN = frozenset(
    {f"mod+{key}" for key in "acnqtvwxyz"}
    | {f"mod+shift+{key}" for key in "npqtwz"}
    | {"tab", "shift+tab", "enter", "shift+enter", "space", "escape", "backspace", "delete", "alt+f4"}
    | {f"{held}{key}" for held in ("", "shift+") for key in ("up", "down", "left", "right", "home", "end")}
)
_NAMED = "up|down|left|right|home|end|pageup|pagedown|insert|delete|backspace|enter|escape|space|tab"
_KEYS = re.compile(rf"(mod\+)?(alt\+)?(shift\+)?(?:{_NAMED}|f[1-9]|f1[012]|\S)")
_ALSO_CALLED = {
    **dict.fromkeys(("ctrl", "control", "strg", "cmd", "command", "⌘"), "mod"),
    **dict.fromkeys(("option", "⌥"), "alt"),
    **dict.fromkeys(("umschalt", "⇧"), "shift"),
}


def normal_keys(typed: str) -> str | None:
    """`typed` as it is kept: "Shift + Alt+N" is "alt+shift+n", "" stays; None for what names no keys."""
    text = re.sub(r"\s", "", typed.lower())
    *parts, key = re.split(r"\+(?!$)", text)
    held = {_ALSO_CALLED.get(part, part) for part in parts}
    keys = "+".join([*(name for name in MODIFIERS if name in held), key])
    is_good = not text or (_KEYS.fullmatch(keys) and held <= set(MODIFIERS))
    return keys if is_good else None


def spoken_keys(keys: str) -> str:
    """Keys as people read them: "Alt+Shift+N", in German "Alt+Umschalt+N"."""
    named = {"mod": gettext("Ctrl"), "shift": gettext("Shift"), "pageup": "Page Up", "pagedown": "Page Down"}
    names = keys.replace("++", "+plus").split("+") if keys != "+" else ["plus"]
    return "+".join(named.get(name, "+" if name == "plus" else name.capitalize()) for name in names if name)


@dataclass(frozen=True, slots=True)
class Shortcut:
    """An action with the keys that one person has for it."""

    action: Action
    keys: str
    single: str

    @property
    def spoken(self) -> str:
        return spoken_keys(self.keys)

    @property
    def is_changed(self) -> bool:
        return self.keys != self.action.keys


def shortcuts_of(changes: Mapping[str, str], *, single_keys: bool = True) -> list[Shortcut]:
    """All actions, with the keys that hold after `changes`; what was given away is its new action's."""
    given = set(changes.values())
    return [
        Shortcut(
            action,
            changes.get(action.name, "" if action.keys in given else action.keys),
            action.single if single_keys and action.single not in given else "",
        )
        for action in ACTIONS
    ]
