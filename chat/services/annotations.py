"""Annotations: made, edited, deleted, brought back, and kept with their passage when the message changes."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.errors import BadValue, BlankText, TooLong
from chat.index import index_note
from chat.log import lock_message, margin_note, record
from chat.models import Annotation, Message, Session, User
from chat.passages import CONTEXT, Passage, locate, passage_at, shortened
from chat.snapshot import views_of
from chat.text import clean_text

MAX_CHARS = 10_000


def annotate_span(
    *, message: Message, author: User, body: str, start: int | None = None, end: int | None = None
) -> Annotation:
    """Note something on a message, or on the code points of its content from `start` to before `end`.

    Raises:
        BlankText: the note says nothing.
        BadValue: there is no such passage.
        TooLong: the note is longer than `MAX_CHARS`.
    """
    body = _checked(body)
    with transaction.atomic():
        session = lock_message(message)
        [view] = views_of([message])
        if start is None and end is None:
            return _add(session, message, author, body)
        span = _checked_span(start, end, len(view.content))
        return _add(session, message, author, body, passage_at(view.content, *span), span)


def annotate_passage(*, message: Message, author: User, body: str, passage: Passage) -> Annotation:
    """Note something on a passage as it reads on the page; without a quote, on the message as a whole.

    Raises:
        BlankText: the note says nothing.
        TooLong: the note is longer than `MAX_CHARS`.
    """
    body = _checked(body)
    passage = _cleaned(passage)
    if not passage.quote:
        return annotate_span(message=message, author=author, body=body)
    with transaction.atomic():
        session = lock_message(message)
        [view] = views_of([message])
        return _add(session, message, author, body, passage, locate(view.content, passage))


def edit_annotation(*, annotation: Annotation, body: str) -> Annotation:
    """Change what a note says.

    Raises:
        BlankText: it says nothing now.
        TooLong: it is longer than `MAX_CHARS`.
    """
    body = _checked(body)
    with transaction.atomic():
        session = lock_message(annotation.message)
        annotation.refresh_from_db()
        annotation.body, annotation.edited_at = body, timezone.now()
        annotation.save(update_fields=["body", "edited_at"])
        index_note(session, annotation)
        _tell(session, annotation.message)
    return annotation


def delete_annotation(*, annotation: Annotation) -> Annotation:
    """Take a note away; it can be brought back."""
    return _set_deleted(annotation, is_deleted=True)


def restore_annotation(*, annotation: Annotation) -> Annotation:
    """Bring a deleted note back."""
    return _set_deleted(annotation, is_deleted=False)


def find_passages_again(message: Message) -> None:
    """Let the passages that are marked in a message follow its text, after that was changed.

    Deleted notes follow too, since they can come back. The session is locked.
    """
    moved = []
    for annotation in message.annotations.exclude(quote=""):
        passage = Passage(annotation.quote, annotation.prefix, annotation.suffix)
        span = locate(message.content, passage, near=annotation.start or 0)
        if span != (annotation.start, annotation.end):
            annotation.start, annotation.end = span or (None, None)
            moved.append(annotation)
    Annotation.objects.bulk_update(moved, ["start", "end"])


def _add(
    session: Session,
    message: Message,
    author: User,
    body: str,
    passage: Passage | None = None,
    span: tuple[int, int] | None = None,
) -> Annotation:
    passage = passage or Passage("")
    start, end = span or (None, None)
    annotation = Annotation.objects.create(
        message=message,
        author=author,
        body=body,
        start=start,
        end=end,
        quote=passage.quote,
        prefix=passage.prefix,
        suffix=passage.suffix,
    )
    index_note(session, annotation)
    _tell(session, message)
    return annotation


def _set_deleted(annotation: Annotation, *, is_deleted: bool) -> Annotation:
    with transaction.atomic():
        session = lock_message(annotation.message)
        annotation.refresh_from_db()
        if (annotation.deleted_at is not None) is not is_deleted:
            annotation.deleted_at = timezone.now() if is_deleted else None
            annotation.save(update_fields=["deleted_at"])
            _tell(session, annotation.message)
    return annotation


def _tell(session: Session, message: Message) -> None:
    record(session, margin_note(views_of([message])[0]))


def _checked(body: str) -> str:
    body = clean_text(body).strip()
    if not body:
        raise BlankText(_("There is nothing in this note yet."), field="body")
    if len(body) > MAX_CHARS:
        limits = {"limit": f"{MAX_CHARS:,}", "length": f"{len(body):,}"}
        raise TooLong(
            _("A note can have %(limit)s characters; this one has %(length)s.") % limits, field="body"
        )
    return body


def _checked_span(start: int | None, end: int | None, length: int) -> tuple[int, int]:
    if start is None or end is None:
        field = "start" if start is None else "end"
        raise BadValue(_("A passage has a start and an end."), field=field)
    if not 0 <= start < end <= length:
        field = "start" if not 0 <= start < length else "end"
        raise BadValue(
            _("A passage lies within the message, which has %(length)s characters.") % {"length": length},
            field=field,
        )
    return start, end


def _cleaned(passage: Passage) -> Passage:
    return Passage(
        shortened(clean_text(passage.quote).strip()),
        clean_text(passage.prefix)[-CONTEXT:],
        clean_text(passage.suffix)[:CONTEXT],
    )
