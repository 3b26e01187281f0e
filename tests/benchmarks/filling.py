"""Makes long conversations of Alice's, for the benchmarks; to be run within a Parley: see `Bench.fill`."""

from __future__ import annotations

import argparse

from django.db import connection, transaction
from django.utils import timezone

from chat.index import index_session
from chat.models import Message, Session, User
from chat.models.ids import for_database
from chat.rendering import RENDERER_VERSION
from tests.benchmarks.measuring import id_at

# One statement a conversation: a million rows of Python objects would take minutes.
_ROWS = """
WITH RECURSIVE n(depth) AS (SELECT 0 UNION ALL SELECT depth + 1 FROM n WHERE depth + 1 < %s)
INSERT INTO chat_message (
    id, session_id, parent_id, depth, is_active, role, status, visibility, content, parts, tried, files_given,
    sent_digest, provider, model, finish_reason, html, html_version, created_at, updated_at
)
SELECT {id}, %s, CASE WHEN depth > 0 THEN {parent} END,
       depth, {true}, CASE depth %% 2 WHEN 0 THEN 'user' ELSE 'assistant' END, 'complete', 'shown',
       'Message ' || depth || ', which says a little more than its number.', '[]', '[]', '[]', '', '', '', '',
       '<p>Message ' || depth || ', which says a little more than its number.</p>', %s, {now}, {now}
FROM n
"""


def main() -> None:
    """Print the new session's id."""
    parser = argparse.ArgumentParser()
    parser.add_argument("count", type=int)
    parser.add_argument("kind", type=int)
    parser.add_argument("--forks", type=int, default=0, help="messages that have another version")
    parser.add_argument("--indexed", action="store_true", help="it is in the search index")
    asked = parser.parse_args()
    with transaction.atomic():
        session = _fill(asked.count, asked.kind)
        _fork(session, asked.kind, asked.forks)
        if asked.indexed:
            index_session(session)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")  # as it does by itself, later
    print(session.pk)


def _fill(count: int, kind: int) -> Session:
    session = Session.objects.create(
        owner=User.objects.get(username="alice"),
        name=f"{count} messages",
        message_count=count,
        updated_at=timezone.now(),
    )
    now = timezone.now().strftime("'%Y-%m-%d %H:%M:%S.%f'")
    statement = _ROWS.format(
        id=_id(kind, "depth"),
        parent=_id(kind, "depth - 1"),
        true="true" if connection.vendor == "postgresql" else "1",
        now=now,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [count, for_database(session.pk), RENDERER_VERSION])
    return session


def _id(kind: int, depth: str) -> str:
    """What `id_at` gives, in the database."""
    if connection.vendor == "postgresql":
        return f"CAST(lpad(to_hex({kind}), 8, '0') || lpad(to_hex({depth}), 24, '0') AS uuid)"
    return f"printf('%%08x%%024x', {kind}, {depth})"


def _fork(session: Session, kind: int, forks: int) -> None:
    depths = [(number + 1) * session.message_count // (forks + 1) for number in range(forks)]
    Message.objects.bulk_create(
        Message(
            session=session,
            parent_id=id_at(kind, depth - 1),
            depth=depth,
            role=Message.Role.ASSISTANT if depth % 2 else Message.Role.USER,
            content=f"Another version of {depth}",
            is_active=False,
        )
        for depth in depths
    )
