"""Where imported conversations left each other: linked when all are here, since a branch may come first."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from chat.importers import Conversation, Damaged
from chat.models import ImportedConversation, Message, Session, User
from chat.models.ids import derived_id
from chat.services.arrivals import OWN


@dataclass(frozen=True, slots=True)
class _Link:
    branch: str
    parent: str
    parent_point: str | None
    branch_point: str | None


class Branches:
    """Those of one import; only Parley's own JSON knows of any."""

    def __init__(self, owner: User) -> None:
        self._owner = owner
        self._links: list[_Link] = []

    def note(self, found: Conversation | Damaged) -> None:
        if isinstance(found, Conversation) and found.parent is not None:
            self._links.append(_Link(found.key, found.parent, found.parent_point, found.branch_point))

    def link(self) -> None:
        """Link those that have no parent yet to theirs: as it was brought in, or one's own of that id."""
        for link in self._links:
            branch = self._session(link.branch)
            parent = self._session(link.parent) or self._own(link.parent)
            if branch is None or parent is None or branch.parent_id is not None:
                continue
            point = self._message(parent, link.parent_point)
            with transaction.atomic():
                Session.objects.filter(pk=branch.pk, parent=None).update(
                    parent=parent, parent_point=point, branch_point=self._message(branch, link.branch_point)
                )

    def _session(self, foreign_id: str) -> Session | None:
        found = ImportedConversation.objects.filter(owner=self._owner, source=OWN, foreign_id=foreign_id)
        imported = found.select_related("session").first()
        return imported.session if imported else None

    def _own(self, key: str) -> Session | None:
        try:
            return Session.objects.filter(owner=self._owner, pk=UUID(key)).first()
        except ValueError:
            return None

    def _message(self, session: Session, key: str | None) -> UUID | None:
        """The message as it is called here, if the session has it."""
        if key is None:
            return None
        names = [derived_id(self._owner.pk, key)]
        with suppress(ValueError):
            names.append(UUID(key))
        return Message.objects.filter(session=session, pk__in=names).values_list("pk", flat=True).first()
