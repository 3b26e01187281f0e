"""What people do, at random: each writes through the services, as pages and programs do."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable
from io import BytesIO
from random import Random

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from chat import access
from chat.errors import Refused
from chat.generation import ending
from chat.generation.jobs import request_stop
from chat.importers import Conversation, File, Node
from chat.importers.conversation import Remark
from chat.log import lock_session
from chat.models import (
    Annotation,
    Chunk,
    Generation,
    Merge,
    Message,
    Project,
    Role,
    Session,
    Template,
    User,
)
from chat.services import temporary
from chat.services.annotations import annotate_span, delete_annotation, edit_annotation, restore_annotation
from chat.services.arrivals import bring_in_conversation
from chat.services.beginnings import begin_session, drafts_of
from chat.services.branching import branch_session
from chat.services.content import draft_of
from chat.services.duplicating import duplicate_session
from chat.services.merging import merge_session
from chat.services.messages import activate_message, delete_message, edit_message, restore_message
from chat.services.parts import append_parts
from chat.services.projects import create_project, set_member
from chat.services.queued import take_back
from chat.services.sending import regenerate_reply, resend_message, send_message
from chat.services.sessions import (
    clear_session,
    create_session,
    delete_session,
    restore_session,
    undo_clear,
    update_session,
)
from chat.services.temporary import end_session, keep_session
from chat.services.trash import deleted_messages, deleted_sessions, purge_messages, purge_session
from chat.services.unmerging import undo_merge
from tests.factories import make_attachment

WORDS = (
    *(
        "harbour",
        "Harbour",
        "HARBOUR",
        "boats",
        "Straße",
        "STRASSE",
        "strasse",
        "café",
        "cafe",
        "Über",
        "über",
    ),
    *("日本", "日本語", "本語", "東京駅", "語", "x2", "harbours", "ОСТРОВ", "остров"),
)
JOINTS = (" ", " ", " ", ", ", "-", "\n", "", "_", "**", " 。")


class Crowd:
    """Alice and Bob at work; what they do is drawn from `seed`."""

    def __init__(self, seed: int, *people: User) -> None:
        self.random = Random(seed)  # noqa: S311  no secret
        self.people = people
        self.numbers = itertools.count()

    def text(self) -> str:
        count = self.random.randint(1, 5)
        return "".join(self.random.choice(WORDS) + self.random.choice(JOINTS) for _ in range(count))

    def person(self) -> User:
        return self.random.choice(self.people)

    def session(self) -> Session:
        return self.random.choice(list(Session.objects.filter(owner=self.person()).order_by("pk")))

    def message(self, **fields: object) -> Message:
        rows = Message.objects.filter(session__owner=self.person(), **fields).select_related("session")
        return self.random.choice(list(rows.order_by("pk")))

    def note(self) -> Annotation:
        return self.random.choice(list(Annotation.objects.select_related("message").order_by("pk")))

    def do(self, action: str) -> None:
        """Do it, if it can be done here and now."""
        with contextlib.suppress(Refused, IndexError):
            ACTIONS[action](self)


def begin(crowd: Crowd) -> None:
    is_temporary = crowd.random.random() < 0.3
    name = crowd.random.choice(["", crowd.text()])
    send(crowd, create_session(owner=crowd.person(), name=name, is_temporary=is_temporary))


def send(crowd: Crowd, session: Session | None = None) -> None:
    session = session or crowd.session()
    files = [make_attachment(session.owner, name=crowd.text()).pk for _ in range(crowd.random.randint(0, 2))]
    draft = draft_of(crowd.text())
    queue = crowd.random.random() < 0.3
    send_message(session=session, author=session.owner, draft=draft, attachment_ids=files, queue=queue)


def answer(crowd: Crowd) -> None:
    """A reply goes on, and perhaps ends: with a text, or stopped before it began."""
    generation = crowd.random.choice(list(Generation.objects.exclude(state="ended").order_by("pk")))
    if crowd.random.random() < 0.2:
        request_stop(session=generation.session)
        return
    said = sum(len(chunk.text) for chunk in Chunk.objects.filter(message=generation.message))
    Chunk.objects.create(message=generation.message, offset=said, text=crowd.text())
    Message.objects.filter(pk=generation.message_id).update(status="streaming")
    if crowd.random.random() < 0.4:
        return
    generation = Generation.objects.select_related("message").get(pk=generation.pk)
    with transaction.atomic():
        session = lock_session(generation.session_id)
        ending.end_orphan(session, generation, status=Message.Status.INTERRUPTED)


def rename(crowd: Crowd) -> None:
    update_session(session=crowd.session(), changes={"name": crowd.random.choice(["", crowd.text()])})


def edit(crowd: Crowd) -> None:
    message = crowd.message()
    edit_message(message=message, editor=message.session.owner, draft=draft_of(crowd.text(), id=message.pk))


def resend(crowd: Crowd) -> None:
    message = crowd.message(role="user")
    resend_message(message=message, author=message.session.owner, draft=draft_of(crowd.text()))


def regenerate(crowd: Crowd) -> None:
    message = crowd.message(role="assistant")
    regenerate_reply(message=message, author=message.session.owner)


def annotate(crowd: Crowd) -> None:
    message = crowd.message()
    annotate_span(message=message, author=message.session.owner, body=crowd.text())


def from_template(crowd: Crowd) -> None:
    said = [{"role": role, "content": crowd.text()} for role in ("user", "assistant")]
    template = Template.objects.create(owner=crowd.person(), name=f"T{next(crowd.numbers)}", messages=said)
    drafts = drafts_of(template, {})
    begin_session(template=template, owner=template.owner, values={}, messages=drafts)


def branch(crowd: Crowd) -> None:
    message = crowd.message(deleted_at=None)
    branch_session(session=message.session, owner=crowd.person(), message=message)


def duplicate(crowd: Crowd) -> None:
    duplicate_session(session=crowd.session(), owner=crowd.person())


def withdraw(crowd: Crowd) -> None:
    """A message is taken back before it is answered; it is in the trash, and its files are free."""
    session = crowd.session()
    for _ in range(2):
        file = make_attachment(session.owner, name=crowd.text())
        draft = draft_of(crowd.text())
        sent = send_message(
            session=session, author=session.owner, draft=draft, attachment_ids=[file.pk], queue=True
        )
    take_back(message=sent.user_message, author=session.owner)
    restore_message(message=sent.user_message)


def keep(crowd: Crowd) -> None:
    keep_session(
        session=crowd.random.choice(list(Session.objects.filter(is_temporary=True, deleted_at=None)))
    )


def end(crowd: Crowd) -> None:
    end_session(session=crowd.random.choice(list(Session.objects.filter(is_temporary=True, deleted_at=None))))


def merge(crowd: Crowd) -> None:
    session = crowd.session()
    merge_session(session=session, source=crowd.session(), merged_by=session.owner)


def undo(crowd: Crowd) -> None:
    made = crowd.random.choice(list(Merge.objects.select_related("session").order_by("pk")))
    undo_merge(session=made.session, merge=made)


def put_parts(crowd: Crowd) -> None:
    visibility = crowd.random.choice(["shown", "shown", "hidden", "internal"])
    session = crowd.session()
    said = [{"type": "text", "text": crowd.text()} for _ in range(2)]
    append_parts(session=session, author=session.owner, role="tool", parts=said, visibility=visibility)


def share(crowd: Crowd) -> None:
    """Into a project with others, or out of it again."""
    session = crowd.session()
    slug = f"p{crowd.random.randint(0, 1)}"
    project = Project.objects.filter(slug=slug).first() or create_project(owner=session.owner, slug=slug)
    if crowd.random.random() < 0.7:
        set_member(project=project, user=crowd.person(), role=Role.VIEWER)
    update_session(session=session, changes={"project": crowd.random.choice([None, project])})


def bring_in(crowd: Crowd) -> None:
    """An export comes in, and later again with more in it."""
    now = timezone.now()
    keys = [f"m{number}" for number in range(crowd.random.randint(1, 6))]
    remark = Remark("r", crowd.text(), "somebody", None, None, "", "", "", now, None)
    nodes = [
        Node(
            key=key,
            parent=keys[number - 1] if number else None,
            role="assistant" if number % 2 else "user",
            content=crowd.text(),
            remarks=(remark,) if number == 1 else (),
            files=(File(crowd.text(), 5, lambda: BytesIO(b"Notes")),) if number == 0 else (),
            created_at=now,
        )
        for number, key in enumerate(keys)
    ]
    found = Conversation(
        key=f"c{crowd.random.randint(0, 2)}", name=crowd.text(), nodes=tuple(nodes), shown=keys[-1]
    )
    bring_in_conversation(owner=crowd.person(), source="elsewhere", found=found, keep=lambda _arrival: None)


def restore(crowd: Crowd) -> None:
    """What is being removed for good is not to be had any more."""
    session = crowd.session()
    with contextlib.suppress(Http404):
        access.get_session(session.owner, session.pk, Role.OWNER, deleted=True)
        restore_session(session=session)


def purge(crowd: Crowd) -> None:
    """What is in the trash is removed for good."""
    purge_messages(messages=deleted_messages(crowd.person()))
    purge_session(session=crowd.random.choice(list(deleted_sessions(crowd.person()))))
    temporary.sweep()


ACTIONS: dict[str, Callable[[Crowd], object]] = {
    "begin": begin,
    "send": send,
    "answer": answer,
    "rename": rename,
    "edit": edit,
    "resend": resend,
    "regenerate": regenerate,
    "annotate": annotate,
    "edit note": lambda crowd: edit_annotation(annotation=crowd.note(), body=crowd.text()),
    "delete note": lambda crowd: delete_annotation(annotation=crowd.note()),
    "restore note": lambda crowd: restore_annotation(annotation=crowd.note()),
    "delete message": lambda crowd: delete_message(message=crowd.message()),
    "restore message": lambda crowd: restore_message(message=crowd.message()),
    "activate": lambda crowd: activate_message(message=crowd.message(deleted_at=None)),
    "clear": lambda crowd: clear_session(session=crowd.session()),
    "undo clear": lambda crowd: undo_clear(session=crowd.session()),
    "delete": lambda crowd: delete_session(session=crowd.session()),
    "restore": restore,
    "from template": from_template,
    "branch": branch,
    "duplicate": duplicate,
    "withdraw": withdraw,
    "merge": merge,
    "undo merge": undo,
    "parts": put_parts,
    "share": share,
    "bring in": bring_in,
    "purge": purge,
    "keep": keep,
    "end": end,
}
