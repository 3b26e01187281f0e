"""F9, C11: of a temporary conversation that is open nothing is in a backup; of all others everything."""

from __future__ import annotations

import zipfile
from pathlib import Path

from django.core.files.base import ContentFile
from django.utils import timezone

from chat.models import Draft, Extract, Generation, Merge, Message, Session, User
from chat.models.generations import SentPrompt
from chat.models.ids import new_id
from chat.services.annotations import annotate_span
from chat.services.reactions import add_reaction
from tests.chat.backups.filled import files, fill, rows, run
from tests.factories import make_attachment, make_session, messages_of

SECRET = "Xylophon"


def whisper(alice: User) -> Session:
    """A temporary conversation with something of all that one can have."""
    session = make_session(alice, [f"{SECRET}?", f"{SECRET}!"], name=SECRET, is_temporary=True)
    asked, answered = messages_of(session)
    file = make_attachment(alice, message=asked, name=f"{SECRET}.txt", content=SECRET.encode())
    picture = ContentFile(SECRET.encode(), name="a.png")
    Extract.objects.create(
        file=file.file.name or "", reader="page", state="complete", text=SECRET, picture=picture
    )
    annotate_span(message=answered, author=alice, body=SECRET)
    add_reaction(message=answered, user=alice, emoji="🤫")
    generation = Generation.objects.create(message=answered, session=session, state="ended")
    SentPrompt.objects.create(
        generation=generation,
        provider=SECRET,
        packed_ids=asked.pk.bytes,
        estimated_tokens=1,
        sent_at=timezone.now(),
    )
    waiting = make_attachment(alice, name=f"{SECRET}.md", content=SECRET.encode())
    Draft.objects.create(
        owner=alice,
        session=session,
        text=SECRET,
        attachment_ids=[str(waiting.pk)],
        message_id=new_id(),
        edited_at=timezone.now(),
    )
    return session


def test_no_word_of_a_temporary_conversation_is_in_a_backup(alice: User, tmp_path: Path) -> None:
    fill(alice)
    mine = make_attachment(alice, name="mine.txt", content=b"Mine")
    Extract.objects.create(file=mine.file.name or "", reader="page", state="complete", text="Mine")
    branch = Session.objects.get(name="A session")
    line = messages_of(branch)[0]
    before = rows()
    uploaded = files()
    whispered = whisper(alice)
    # What points there from elsewhere points nowhere.
    Session.objects.filter(pk=branch.pk).update(parent=whispered)
    merge = Merge.objects.create(
        session=branch, source=whispered, line=line, last_id=line.pk, touched_at=timezone.now()
    )
    said = run("backup", tmp_path / "all.zip")
    assert said.startswith("Saved 1 person, 3 conversations, 7 messages and 4 files")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert not [name for name in archive.namelist() if SECRET.encode() in archive.read(name)]
    assert Session.objects.filter(pk=whispered.pk).exists()
    Session.objects.all().delete()
    run("restore", tmp_path / "all.zip")
    assert Merge.objects.get(pk=merge.pk).source is None
    Merge.objects.all().delete()
    after = rows()
    for name in before.keys() - {"sqlite_sequence"}:
        if not name.startswith("chat_search_"):
            assert after[name] == before[name], name
    assert files() == uploaded
    assert not Message.objects.filter(content__contains=SECRET).exists()
