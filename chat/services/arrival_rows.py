"""The rows that an imported conversation becomes. Files go to the disk here, ahead of the transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.files.base import File as StoredFile
from django.core.files.storage import default_storage
from django.utils import timezone

from chat.emojis import canonical
from chat.errors import Refused
from chat.importers import Conversation, File, Node
from chat.importers.conversation import Remark
from chat.index import by_message, entries_of
from chat.models import Annotation, Attachment, Message, MessageEdit, Reaction, SearchEntry, Session, User
from chat.models.attachments import upload_path
from chat.models.ids import derived_id, new_id
from chat.phrases import Phrase
from chat.services.attachments import checked_attachment
from chat.services.inserting import insert_rows
from chat.services.session_options import known_options
from chat.text import title_of

# Names in a note; of more there is only the number.
MAX_NAMES = 5


@dataclass
class Rows:
    """What one transaction inserts."""

    messages: list[Message] = field(default_factory=list)
    edits: list[MessageEdit] = field(default_factory=list)
    reactions: list[Reaction] = field(default_factory=list)
    annotations: list[Annotation] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    entries: list[SearchEntry] = field(default_factory=list)

    def insert(self) -> None:
        for rows in (self.messages, self.edits, self.reactions, self.annotations, self.attachments):
            insert_rows(rows)
        insert_rows(self.entries)

    def drop_files(self) -> None:
        """They were not brought in after all."""
        for attachment in self.attachments:
            default_storage.delete(attachment.file.name or "")


class RowMaker:
    """Of one conversation. `depths` are those of its messages that are here, by id.

    With `shows_path` what is on show there is on show here.
    """

    def __init__(
        self,
        found: Conversation,
        *,
        owner: User,
        session: Session,
        seed: UUID,
        depths: Mapping[UUID, int],
        shows_path: bool,
    ) -> None:
        self._owner = owner
        self._session = session
        self._seed = seed
        self._depths = dict(depths)
        self._shows_path = shows_path
        self._lost: list[str] = []
        self._refused: list[str] = []
        self.path = path_of(found)
        self.new = [node for node in found.nodes if self.id_of(node.key) not in depths]

    def id_of(self, key: str) -> UUID:
        return derived_id(self._seed, key)

    def rows_of(self, nodes: Sequence[Node]) -> Rows:
        rows = Rows()
        own = _own_messages(self._owner, [node.origin for node in nodes if node.origin])
        try:
            for node in nodes:
                message = self._message(node, own)
                rows.messages.append(message)
                rows.edits += self._edits(node, message)
                rows.reactions += self._reactions(node, message)
                rows.annotations += [self._annotation(remark, message) for remark in node.remarks]
                for position, file in enumerate(node.files):
                    rows.attachments += self._attachment(file, message, position)
        except BaseException:
            rows.drop_files()
            raise
        rows.entries = entries_of(rows.messages, by_message(rows.attachments), by_message(rows.annotations))
        return rows

    def notes(self) -> tuple[Phrase, ...]:
        """Which files were not brought along."""
        lost, refused = _named(self._lost), _named(self._refused)
        notes = []
        if lost:
            notes.append(Phrase("Not in the export, and so not here: %(names)s", names=lost))
        if refused:
            notes.append(
                Phrase("Too large, empty, or of a kind that is not taken here: %(names)s", names=refused)
            )
        return tuple(notes)

    def _message(self, node: Node, own: Collection[str]) -> Message:
        key = self.id_of(node.key)
        parent = self.id_of(node.parent) if node.parent is not None else None
        depth = self._depths[key] = 0 if parent is None else self._depths[parent] + 1
        now = timezone.now()
        is_users = node.role == Message.Role.USER
        return Message(
            id=key,
            session=self._session,
            parent_id=parent,
            depth=depth,
            is_active=self._shows_path and node.key in self.path,
            author=self._owner if is_users else None,
            role=node.role,
            status=Message.Status.COMPLETE if is_users else node.status,
            visibility=node.visibility,
            content=node.content,
            parts=list(node.parts),
            origin=self._origin(node, own),
            provider=node.provider,
            model=node.model,
            input_tokens=node.input_tokens,
            output_tokens=node.output_tokens,
            cost=node.cost,
            first_token_ms=node.first_token_ms,
            duration_ms=node.duration_ms,
            tokens_per_second=node.tokens_per_second,
            finish_reason=node.finish_reason,
            tried=[self._with_id_here(one) for one in node.tried],
            merged_from=[self._with_id_here(one) for one in node.merged_from] or None,
            error=node.error,
            files_given=list(node.files_given),
            created_at=node.created_at or now,
            updated_at=node.updated_at or now,
        )

    def _with_id_here(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """What broke off, or was merged, has another id here."""
        key = entry.get("message_id")
        return {**entry, "message_id": str(self.id_of(key))} if key else {**entry}

    def _origin(self, node: Node, own: Collection[str]) -> UUID | None:
        """One's own message where that is here; else as it is called when it is brought in as well."""
        if node.origin is None:
            return None
        return UUID(node.origin) if node.origin in own else self.id_of(node.origin)

    def _edits(self, node: Node, message: Message) -> Iterable[MessageEdit]:
        for number, edit in enumerate(node.edits):
            is_own = edit.user == self._owner.get_username()
            yield MessageEdit(
                id=derived_id(message.pk, f"edit {number}"),
                message=message,
                content=edit.content,
                editor=self._owner if is_own else None,
                imported_editor="" if is_own else edit.user,
                edited_at=edit.edited_at or message.updated_at,
            )

    def _reactions(self, node: Node, message: Message) -> Iterable[Reaction]:
        given = dict.fromkeys((one.user, emoji) for one in node.reactions if (emoji := canonical(one.emoji)))
        for number, (user, emoji) in enumerate(given):
            is_own = user == self._owner.get_username()
            yield Reaction(
                message=message,
                user=self._owner if is_own else None,
                imported_user="" if is_own else user,
                emoji=emoji,
                created_at=message.created_at + timedelta(microseconds=number),
            )

    def _annotation(self, remark: Remark, message: Message) -> Annotation:
        is_own = remark.user == self._owner.get_username()
        has_span = remark.end is not None and remark.end <= len(message.content)
        return Annotation(
            id=derived_id(message.pk, remark.key) if remark.key else new_id(),
            message=message,
            author=self._owner if is_own else None,
            imported_author="" if is_own else remark.user,
            body=remark.body,
            start=remark.start if has_span else None,
            end=remark.end if has_span else None,
            quote=remark.quote,
            prefix=remark.prefix,
            suffix=remark.suffix,
            created_at=remark.created_at or message.created_at,
            edited_at=remark.edited_at,
        )

    def _attachment(self, file: File, message: Message, position: int) -> Iterable[Attachment]:
        if file.open is None:
            self._lost.append(file.name)
            return
        with file.open() as content:
            try:
                attachment = checked_attachment(
                    owner=self._owner, file=content, name=file.name, size=file.size
                )
            except Refused:
                self._refused.append(file.name)
                return
            attachment.id = derived_id(message.pk, f"file {position}")
            attachment.message, attachment.position = message, position
            attachment.created_at = message.created_at
            # An import that was killed may have left it; then no row names it.
            default_storage.delete(upload_path(attachment, ""))
            attachment.file.save("", StoredFile(content), save=False)
        yield attachment


def path_of(found: Conversation) -> frozenset[str]:
    """The keys of what is on show."""
    parents = {node.key: node.parent for node in found.nodes}
    path = set()
    key = found.shown
    while key is not None:
        path.add(key)
        key = parents[key]
    return frozenset(path)


def session_of(found: Conversation, *, owner: User, is_exact: bool) -> Session:
    """The session's row. Its name counts as typed: no model is to find another one."""
    now = timezone.now()
    said = next((node.content for node in found.nodes if node.role == "user" and node.content), "")
    times = [node.created_at for node in found.nodes if node.created_at is not None]
    tokens = sum((node.input_tokens or 0) + (node.output_tokens or 0) for node in found.nodes)
    costs = [node.cost for node in found.nodes if node.cost is not None]
    return Session(
        owner=owner,
        name=found.name if found.name or is_exact else title_of(said),
        is_name_typed=found.is_name_typed and bool(found.name),
        provider=found.provider,
        model=found.model,
        settings=dict(found.settings),
        fallbacks=[dict(one) for one in found.fallbacks],
        options=known_options(found.options),
        message_count=len(path_of(found)),
        total_tokens=tokens if found.total_tokens is None else found.total_tokens,
        cost=found.cost if is_exact else sum(costs) if costs else None,
        is_starred=found.is_starred,
        is_archived=found.is_archived,
        created_at=min(now, found.created_at or min(times)),
        # What comes from the future would stay on top of the list.
        updated_at=min(now, found.updated_at or max(times)),
    )


def _own_messages(owner: User, origins: Sequence[str]) -> Collection[str]:
    keys = [UUID(key) for key in origins if _is_uuid(key)]
    if not keys:
        return ()
    found = Message.objects.filter(pk__in=keys, session__owner=owner).values_list("pk", flat=True)
    return {str(key) for key in found}


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _named(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MAX_NAMES])
    return f"{shown} … ({len(names)})" if len(names) > MAX_NAMES else shown
