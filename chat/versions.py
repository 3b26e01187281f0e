"""Which version of a thing somebody has seen: by that, two who change it do not overwrite each other."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chat.errors import Refused

Row = TypeVar("Row")
# What a service asks of a row once it is locked, and before it changes it: what is compared
# without the lock may have changed by then. It raises ChangedMeanwhile.
Check = Callable[[Row], None]


class ChangedMeanwhile(Refused):
    code = "changed-meanwhile"
    status = 412
    title = gettext_lazy("Changed meanwhile")

    def __init__(self) -> None:
        super().__init__(_("Somebody saved another version since you have seen this."))


def unchecked(_row: object) -> None:
    """Whatever is there may be changed."""


def seen(versions: Collection[str], version_of: Callable[[Row], str]) -> Check[Row]:
    """That the row is still in one of the versions that somebody has seen."""

    def check(row: Row) -> None:
        if version_of(row) not in versions:
            raise ChangedMeanwhile

    return check


def version_at(moment: datetime) -> str:
    """The version of what was changed last at that moment."""
    return _digest_of(moment.astimezone(UTC).isoformat())


def version_of_values(values: Mapping[str, Any]) -> str:
    """The same for the same values, in whatever order a database keeps the names in an object."""
    return _digest_of(DjangoJSONEncoder(sort_keys=True).encode(values))


def _digest_of(text: str) -> str:
    """Short: two versions of one thing are compared, by those who may change it anyway."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=9).hexdigest()
