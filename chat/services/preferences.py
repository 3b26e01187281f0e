"""The writer of preferences: what one likes, checked before it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from chat.actions import TAKEN, WITH_KEYS, normal_keys, spoken_keys
from chat.errors import BadValue
from chat.models import Preferences, User
from chat.models.preferences import ANNOUNCEMENTS, SEND_KEYS, THEMES


def save_preferences(*, user: User, changes: Mapping[str, Any]) -> Preferences:
    """Change what `changes` names, and leave the rest.

    Raises:
        BadValue: one of the values is none that can be chosen.
    """
    for name, value in changes.items():
        _check(name, value)
    with transaction.atomic():
        row = User.objects.select_for_update().get(pk=user.pk)
        row.preferences = {**row.preferences, **changes}
        row.save(update_fields=["preferences"])
    user.preferences = row.preferences
    return row.liking


def save_shortcuts(*, user: User, keys: Mapping[str, str], single_keys: bool) -> Preferences:
    """Keep the keys that differ from the defaults; "" takes an action's keys away.

    Raises:
        BadValue: they are no keys, belong to the browser, or are given twice; `field` is the action.
    """
    chosen = {name: _keys(name, keys.get(name, action.keys)) for name, action in WITH_KEYS.items()}
    before = {name: user.liking.shortcuts.get(name, action.keys) for name, action in WITH_KEYS.items()}
    # The one that was changed just now is the one at fault.
    for name in sorted(chosen, key=lambda name: chosen[name] == before[name]):
        _check_free(name, chosen)
    changed = {name: one for name, one in chosen.items() if one != WITH_KEYS[name].keys}
    return save_preferences(user=user, changes={"shortcuts": changed, "single_keys": single_keys})


def _keys(name: str, typed: str) -> str:
    keys = normal_keys(typed)
    if keys is None:
        raise BadValue(_("Write keys like Alt+Shift+N, or leave it empty."), field=name)
    if keys in TAKEN:
        raise BadValue(
            _("%(keys)s belongs to the browser or to text fields.") % {"keys": spoken_keys(keys)}, field=name
        )
    return keys


def _check_free(name: str, chosen: Mapping[str, str]) -> None:
    keys = chosen[name]
    other = next((other for other in chosen if other != name and keys and chosen[other] == keys), None)
    if other:
        words = _("%(keys)s is used for “%(action)s” already.")
        raise BadValue(words % {"keys": spoken_keys(keys), "action": WITH_KEYS[other].label}, field=name)


def _check(name: str, value: Any) -> None:
    choices: Mapping[str, Any] = {
        "theme": THEMES,
        "language": ("", *dict(settings.LANGUAGES)),
        "send_key": SEND_KEYS,
        "announce": ANNOUNCEMENTS,
    }
    if name in choices and value not in choices[name]:
        raise BadValue(_("Choose one of those that are offered."), field=name)
    if name == "time_zone" and value and value not in available_timezones():
        raise BadValue(_("There is no time zone of that name."), field=name)
