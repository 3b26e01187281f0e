"""A Parley with something of each kind in it, and all of its rows and files, to be compared."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection

from chat.generation.choice import configs_for
from chat.index import index_session
from chat.models import Attachment, Extract, Lineup, Session, User
from chat.providers.contract import Listed
from chat.services.annotations import annotate_span
from chat.services.branching import branch_session
from chat.services.model_lists import keep_list, override_model
from chat.services.providers import save_provider
from chat.services.reactions import add_reaction
from chat.services.templates import save_template
from chat.services.tools import save_tool_server
from tests.chat.usage import limit, price, took
from tests.factories import make_attachment, make_project, make_session, make_summary, make_token, messages_of

# All bytes there are, and more than are read at a time; and what gets smaller when it is packed.
PICTURE = bytes(range(256)) * 5000
NOTES = "Zeilen über Häfen\n".encode() * 999
PREPARED = b"As models take it"
Rows = dict[str, list[str]]


def run(*arguments: str | Path) -> str:
    out = StringIO()
    call_command(*map(str, arguments), stdout=out, stderr=StringIO())
    return out.getvalue()


def fill(alice: User) -> str:
    """Alice's token."""
    session = make_session(
        alice, ["Wo liegt der Hafen?", "Am Meer \\. \t\n'\"; --", "\\N", "Ende 🚢"], name="Hafen"
    )
    asked, answered, *_rest = messages_of(session)
    Lineup.objects.create(session=session, question=asked, kept=answered)
    ship = make_attachment(
        alice,
        message=asked,
        name="ship.png",
        content=PICTURE,
        kind=Attachment.Kind.IMAGE,
        mime_type="image/png",
    )
    prepared = ContentFile(PREPARED, name="ship.png")
    Extract.objects.create(file=ship.file.name or "", reader="picture", state="complete", picture=prepared)
    make_attachment(alice, message=answered, name="notes.txt", content=NOTES)
    annotate_span(message=answered, author=alice, body="Which sea?", start=0, end=2)
    add_reaction(message=answered, user=alice, emoji="👍")
    make_summary(answered, "Vom Hafen 🚢")
    branch_session(session=session, owner=alice, message=answered)
    make_session(alice, ["In a project"], project=make_project(alice))
    save_provider(
        name="box", kind="openai", base_url="http://127.0.0.1:9/v1", api_key="sk-secret", is_default=True
    )
    save_provider(name="mine", kind="openai", base_url="https://8.8.8.8/v1", api_key="sk-mine", owner=alice)
    for config in configs_for(alice)[:2]:
        keep_list(config, [Listed("one", "The one", 8000)])
    override_model(owner=None, provider="box", model="one", values={"label": "The only one"})
    save_tool_server(
        actor=alice,
        values={"name": "Box", "transport": "http", "url": "http://127.0.0.1:9/mcp"},
        secrets={"Authorization": "Bearer hush"},
    )
    save_template(
        owner=alice, values={"name": "Letter", "messages": [{"role": "user", "content": "To {{whom}}"}]}
    )
    took(alice, "0.00000001", project_id=session.pk)
    limit(cost="2.50", user=alice)
    price(cached_price="0.000001")
    for each in Session.objects.all():
        index_session(each)
    return make_token(alice)


def rows() -> Rows:
    """Those of all tables, the index's among them."""
    with connection.cursor() as cursor:
        found: Rows = {}
        for name in set(connection.introspection.table_names(cursor)) - {
            "chat_search"
        }:  # it has tables of its own
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")  # noqa: S608
            found[name] = sorted(map(repr, cursor.fetchall()))
    return found


def files() -> dict[str, bytes]:
    folder = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
