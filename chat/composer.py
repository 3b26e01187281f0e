"""The one door for what a person types: a command is told from a message; who asks too often is told so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from chat.errors import TooMany
from chat.models import Message, Project, Session, Template, User
from chat.services import alternatives
from chat.services.beginnings import begin_session, drafts_of, values_for
from chat.services.content import Draft, draft_of
from chat.services.lineups import Asked
from chat.services.quotas import admit_request, admit_requests
from chat.services.sending import Sent, regenerate_reply, resend_message, send_message
from chat.services.sessions import create_session
from chat.slash import dispatch
from chat.slash.contract import CommandRefused
from chat.slash.dispatch import Line
from chat.text import clean_text
from chat.versions import Check, unchecked


def read(
    content: str, *, id: UUID | None = None, has_attachments: bool = False, is_literal: bool = False
) -> Draft | Line:
    """What was typed: a command for `slash.dispatch.run`, or a draft for `submit`. It only reads and renders.

    A text is a command when its first word is "/" and a name. A second slash before a command's name,
    a space in front of all, or `is_literal` make a message of it.

    Raises:
        CommandRefused: it looks like a command, and is none that can be run.
        BlankText, TooLong: as `draft_of`.
    """
    if not is_literal:
        content = clean_text(content)
        if line := dispatch.parse(content):
            if has_attachments:
                raise CommandRefused(_("A command takes no files. Remove them first."), field="content")
            return line
        content = dispatch.unescaped(content)
    return draft_of(content, id=id, has_attachments=has_attachments)


def submit(
    *,
    author: User,
    draft: Draft,
    session: Session | None = None,
    attachment_ids: Sequence[UUID] = (),
    parent_id: UUID | None = None,
    queue: bool = False,
    provider: str = "",
    model: str = "",
    is_temporary: bool = False,
    project: Project | None = None,
    tools: Mapping[str, bool] | None = None,
    models: Sequence[Asked] = (),
) -> Sent:
    """Send a message; without a session one is made, and the first message names it.

    `is_temporary`: the session that is made is gone for good when it ends. `tools`: which are on in it.
    `models`: each of those answers, at the same time.

    Raises:
        TooMany: of the rate limit, or a quota.
        Refused: as `send_message`; then no session was made either.
    """
    session = session or _session_of_retry(author, draft.id)
    if session is not None:
        provider, model = session.provider, session.model
    _count(author, draft, models or [(provider, model)])
    send = partial(
        send_message,
        author=author,
        draft=draft,
        attachment_ids=attachment_ids,
        parent_id=parent_id,
        queue=queue,
        models=models,
    )
    if session is not None:
        return send(session=session)
    with transaction.atomic():
        made = create_session(
            owner=author,
            provider=provider,
            model=model,
            is_temporary=is_temporary,
            project=project,
            tools=tools,
        )
        return send(session=made)


def _count(author: User, draft: Draft, models: Sequence[Asked]) -> None:
    """Count a message for each who answers, but not one that is sent again because its answer was lost."""
    try:
        admit_requests(user=author, models=models)
    except TooMany:
        if not Message.objects.filter(pk=draft.id, author=author).exists():
            raise


def begin(
    *, author: User, template: Template, given: Mapping[str, str], is_temporary: bool = False
) -> Session:
    """A conversation as a template has it; where a person has the last word in it, that is sent.

    Raises:
        BadValue: what was given does not fit the template's variables.
        TooMany: of the rate limit, or a quota.
    """
    values = values_for(template, given)
    said = drafts_of(template, values)
    last = said.pop()[1] if said and said[-1][0] == Message.Role.USER else None
    if last:
        admit_request(user=author, provider=template.provider, model=template.model)
    with transaction.atomic():
        session = begin_session(
            template=template, owner=author, values=values, messages=said, is_temporary=is_temporary
        )
        if last:
            send_message(session=session, author=author, draft=last)
    return session


def resend(
    *,
    message: Message,
    author: User,
    draft: Draft,
    check: Check[Message] = unchecked,
    models: Sequence[Asked] = (),
) -> Sent:
    """Send a changed message as another branch. `models`: each of those answers, at the same time.

    Raises:
        TooMany: of the rate limit, or a quota.
        Refused: as `resend_message`.
    """
    session = message.session
    admit_requests(user=author, models=models or [(session.provider, session.model)])
    return resend_message(message=message, author=author, draft=draft, check=check, models=models)


def regenerate(*, message: Message, author: User, provider: str = "", model: str = "") -> Message:
    """Have a reply made again, by that model or by the session's.

    Raises:
        TooMany: of the rate limit, or a quota.
        Refused: as `regenerate_reply`.
    """
    session = message.session
    asked, by_name = (provider, model) if provider else (session.provider, session.model)
    admit_request(user=author, provider=asked, model=by_name)
    return regenerate_reply(message=message, author=author, provider=provider, model=model)


def ask_beside(*, message: Message, author: User, models: Sequence[Asked]) -> list[Message]:
    """Have each of those models answer a question that has been answered, too.

    Raises:
        TooMany: of the rate limit, or a quota.
        Refused: as the service.
    """
    admit_requests(user=author, models=models)
    return alternatives.ask_beside(message=message, author=author, models=models)


def merge(*, message: Message, author: User, provider: str = "", model: str = "") -> Message:
    """Have the replies to a question merged, by that model or by the session's.

    Raises:
        TooMany: of the rate limit, or a quota.
        Refused: as `merge_replies`.
    """
    session = message.session
    asked, by_name = (provider, model) if provider else (session.provider, session.model)
    admit_request(user=author, provider=asked, model=by_name)
    return alternatives.merge_replies(message=message, author=author, provider=provider, model=model)


def _session_of_retry(author: User, message_id: UUID) -> Session | None:
    """A first message that is sent again finds the session that it made."""
    earlier = Message.objects.select_related("session").filter(pk=message_id, author=author).first()
    return None if earlier is None else earlier.session
