"""Which messages a document of JSON has, and what each follows there, without those that it has not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from uuid import UUID

from django.db.models import Min, Q

from chat.beside import Beside
from chat.models import Message
from chat.models.ids import any_of
from chat.snapshot import MessageView
from exports.content.order import BATCH, views_in
from exports.content.transcript import Transcript

Role = Message.Role


class Lineage:
    """Holds no more than the ids, and of what is left out also what it follows."""

    def __init__(self, transcript: Transcript) -> None:
        options, session = transcript.options, transcript.session
        self._is_path = options.alternatives is False
        self._session = session
        spanned = Transcript(session, replace(options, message_ids=())) if options.message_ids else transcript
        rows = spanned.within(Message.objects.filter(session=session))
        if self._is_path:
            rows = rows.filter(is_active=True)
        is_out = _left_out(transcript)
        self._rows = rows.exclude(is_out).order_by("created_at", "id")
        # Of a part, what stands at its beginning follows nothing.
        is_part = options.from_message_id or options.message_ids
        self._top: int | None = self._rows.aggregate(least=Min("depth"))["least"] if is_part else None
        gone = rows.filter(is_out) if self._top is None else rows.filter(is_out, depth__gte=self._top)
        found: Iterable[tuple[UUID, UUID | None, int]] = gone.values_list("pk", "parent_id", "depth")
        self._gone = {key: (parent, depth) for key, parent, depth in found}
        keys = self._rows.values_list("pk", flat=True)[: transcript.most]
        self._keys = b"".join(key.bytes for key in keys.iterator(2000))
        self._families = {} if self._is_path else self._moved()

    def __len__(self) -> int:
        return len(self._keys) // 16

    def views(self) -> Iterator[MessageView]:
        """Oldest first."""
        without: set[Beside] = {"alternatives", "edits"} if self._is_path else set()
        return views_in(self._session, self._batches(), without, is_long=len(self) > BATCH)

    def _batches(self) -> Iterator[list[Message]]:
        size = 16 * BATCH
        for start in range(0, len(self._keys), size):
            piece = self._keys[start : start + size]
            keys = [UUID(bytes=piece[at : at + 16]) for at in range(0, len(piece), 16)]
            found = {row.pk: row for row in Message.objects.filter(pk__in=any_of(keys))}
            yield [found[key] for key in keys if key in found]

    def parent_of(self, message: Message) -> UUID | None:
        return self._above(message.parent_id, message.depth - 1)

    def alternatives_of(self, view: MessageView) -> Sequence[UUID]:
        """The messages of the document that follow the same one."""
        if self._is_path:
            return [view.message.pk]
        if found := self._families.get(self.parent_of(view.message)):
            return found
        return [key for key in view.alternatives if key not in self._gone]

    def _above(self, key: UUID | None, depth: int) -> UUID | None:
        """The nearest message of the document from `key` up, which is that deep."""
        while key in self._gone:
            key, depth = self._gone[key]
            depth -= 1
        return None if self._top is not None and depth < self._top else key

    def _moved(self) -> dict[UUID | None, list[UUID]]:
        """Who follows the same message, where one that is left out stood between."""
        families = {self._above(key, depth) for key, (_parent, depth) in self._gone.items()}
        if self._top is not None:
            families.add(None)
        found: dict[UUID | None, list[UUID]] = {}
        if families:
            for key, parent, depth in self._rows.values_list("pk", "parent_id", "depth").iterator(2000):
                if (above := self._above(parent, depth - 1)) in families:
                    found.setdefault(above, []).append(key)
        return found


def _left_out(transcript: Transcript) -> Q:
    options = transcript.options
    out = Q(deleted_at__isnull=False)
    if not options.system:
        out |= Q(role=Role.SYSTEM)
    if not options.tools:
        out |= Q(role=Role.TOOL)
    return out | ~Q(pk__in=options.message_ids) if options.message_ids else out
