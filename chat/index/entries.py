"""The writers of the index, each called in the transaction that writes what is found, the session locked.

Of a temporary session nothing is kept here: SQLite's index forgets no word before it is merged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import zip_longest
from uuid import UUID

from django.db.models import QuerySet

from chat import facets
from chat.index.analysis import Analysis, Part, analysis_of, analysis_of_names
from chat.models import Annotation, Attachment, Message, SearchEntry, Session

Kind = SearchEntry.Kind
Files = Mapping[UUID, Sequence[Attachment]]


def index_messages(
    session: Session, messages: Iterable[tuple[Message, Analysis]], *, files: Files | None = None
) -> None:
    """Add messages that are not in the index, with the names of their files."""
    if not session.is_temporary:
        add_messages(session, messages, files=files)


def add_messages(
    session: Session, messages: Iterable[tuple[Message, Analysis]], *, files: Files | None = None
) -> None:
    """As `index_messages`, also into a session that looks temporary until it is whole."""
    rows: list[SearchEntry] = []
    for message, analysis in messages:
        attached = (files or {}).get(message.pk, ())
        rows += message_rows(session, message, analysis, attached)
        if attached:
            rows += file_rows(session, message, analysis, attached)
    SearchEntry.objects.bulk_create(rows)


def reindex_message(session: Session, message: Message, analysis: Analysis) -> None:
    """A message that was in the index says something else now, or has other files."""
    if session.is_temporary:
        return
    attached = list(message.attachments.order_by("position", "created_at", "id"))
    of_message = SearchEntry.objects.filter(message=message)
    _replace(of_message.filter(kind=Kind.MESSAGE), message_rows(session, message, analysis, attached))
    _replace(of_message.filter(kind=Kind.FILES), file_rows(session, message, analysis, attached))


def index_title(session: Session) -> None:
    """A session is called or set otherwise than before."""
    if session.is_temporary:
        return
    _replace(SearchEntry.objects.filter(session=session, kind=Kind.TITLE), title_rows(session))


def index_note(session: Session, annotation: Annotation) -> None:
    """A note is new, or says something else than before."""
    if not session.is_temporary:
        found = SearchEntry.objects.filter(annotation=annotation)
        _replace(found, note_rows(session, annotation.message, annotation))


def title_rows(session: Session) -> list[SearchEntry]:
    return _rows(
        analysis_of(session.name, is_title=True),
        _words(session, Kind.TITLE, session.created_at, session.provider, session.model),
        session_id=session.pk,
        kind=Kind.TITLE,
        created_at=session.created_at,
    )


def note_rows(session: Session, message: Message, annotation: Annotation) -> list[SearchEntry]:
    words = _words_of_message(session, message, Kind.NOTE, annotation.created_at, annotation.author_id)
    return _rows(
        analysis_of(annotation.body),
        words,
        session_id=session.pk,
        message_id=message.pk,
        annotation_id=annotation.pk,
        kind=Kind.NOTE,
        created_at=annotation.created_at,
    )


def message_rows(
    session: Session, message: Message, analysis: Analysis, files: Sequence[Attachment]
) -> list[SearchEntry]:
    return _rows(
        analysis,
        _words_said(session, message, Kind.MESSAGE, analysis, files),
        session_id=session.pk,
        message_id=message.pk,
        kind=Kind.MESSAGE,
        created_at=message.created_at,
    )


def file_rows(
    session: Session, message: Message, analysis: Analysis, files: Sequence[Attachment]
) -> list[SearchEntry]:
    return _rows(
        analysis_of_names(one.name for one in files),
        _words_said(session, message, Kind.FILES, analysis, files),
        session_id=session.pk,
        message_id=message.pk,
        kind=Kind.FILES,
        created_at=message.created_at,
    )


def _words_said(
    session: Session, message: Message, kind: str, analysis: Analysis, files: Sequence[Attachment]
) -> list[str]:
    marks = set(analysis.marks) | {mark for one in files for mark in _file_marks(one)}
    words = _words_of_message(session, message, kind, message.created_at, message.author_id)
    return words + [facets.mark_word(mark) for mark in sorted(marks)]


def _file_marks(file: Attachment) -> Sequence[str]:
    return ("attachment", "image") if file.kind == Attachment.Kind.IMAGE else ("attachment",)


def _words_of_message(
    session: Session, message: Message, kind: str, moment: datetime, author_id: UUID | None
) -> list[str]:
    """What a person said was said to the model that the session had then."""
    words = _words(
        session, kind, moment, message.provider or session.provider, message.model or session.model
    )
    words.append(facets.role_word(message.role))
    return [*words, facets.author_word(author_id)] if author_id else words


def _words(session: Session, kind: str, moment: datetime, provider: str, model: str) -> list[str]:
    words = [
        facets.owner_word(session.owner_id),
        facets.session_word(session.pk),
        facets.kind_word(kind),
    ]
    words += facets.time_words(moment)
    return words + facets.provider_words(provider) + facets.model_words(model)


def _rows(analysis: Analysis, words: Sequence[str], **about: object) -> list[SearchEntry]:
    return [_row(part, words, about) for part in analysis.parts]


def _row(part: Part, words: Sequence[str], about: Mapping[str, object]) -> SearchEntry:
    vector = None if part.words is None else f"{part.words} {facets.scope_vector(words)}"
    column = facets.scope_column(words)
    return SearchEntry(text=part.text, words=vector, brief=part.brief, scope=column, **about)


def _replace(found: QuerySet[SearchEntry], rows: Sequence[SearchEntry]) -> None:
    """Put `rows` in the place of those that are there, which keep their place in the order of writing."""
    added: list[SearchEntry] = []
    for key, row in zip_longest(list(found.order_by("id").values_list("id", flat=True)), rows):
        if key is None:
            added.append(row)
        elif row is None:
            SearchEntry.objects.filter(pk=key).delete()
        else:
            columns = {"text": row.text, "words": row.words, "brief": row.brief, "scope": row.scope}
            SearchEntry.objects.filter(pk=key).update(**columns)
    if added:
        SearchEntry.objects.bulk_create(added)
