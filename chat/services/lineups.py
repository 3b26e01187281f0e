"""Lineups: several replies to one question, shown side by side until one of them is kept."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.errors import BadValue, NoProvider
from chat.generation.choice import provider_for
from chat.lineups import asked_by, columns_among
from chat.log import lock_message, message_note, record, reset_note
from chat.models import Lineup, Message, Session, User
from chat.snapshot import views_of

# Whom a question is put to at once: the names of a provider and of a model.
Asked = tuple[str, str]
LEAST, MOST = 2, 4


def asked_at_once(models: Sequence[Asked], user: User) -> list[Asked]:
    """Those models as they are called here.

    Raises:
        BadValue: there are too few or too many, one is there twice, or one is none that this person can ask.
    """
    if not LEAST <= len(models) <= MOST:
        words = _("Choose from %(least)s to %(most)s models.") % {"least": LEAST, "most": MOST}
        raise BadValue(words, field="models")
    found: list[Asked] = []
    for provider, model in models:
        name = _resolved(provider, model, user)
        if name in found:
            words = _("“%(model)s” is chosen twice.") % {"model": name[1] or name[0]}
            raise BadValue(words, field="models")
        found.append(name)
    return found


def _resolved(provider: str, model: str, user: User) -> Asked:
    try:
        config, name = provider_for(provider, model, user)
    except NoProvider as unknown:
        raise BadValue(unknown.detail, field="models") from unknown
    return config.name, name


def asked_together(question: Message, user: User) -> list[Asked]:
    """Those whose replies to it stand side by side, if this person can ask two of them or more."""
    columns = columns_among((), [question.pk]).get(question.pk)
    replies = [view.message for view in columns.views if not view.message.merged_from] if columns else []
    asked_of = asked_by(reply.pk for reply in replies)
    found: list[Asked] = []
    for reply in replies:
        with suppress(BadValue):
            name = _resolved(*asked_of.get(reply.pk, (reply.provider, reply.model)), user)
            if name not in found:
                found.append(name)
    return found[:MOST] if len(found) >= LEAST else []


def open_lineup(session: Session, question: Message) -> Lineup:
    """Have the replies to that question shown side by side; the session is locked."""
    fresh = {"session": session, "kept": None, "settled_at": None}
    return Lineup.objects.update_or_create(question=question, defaults=fresh)[0]


def settle_lineup(session: Session, question_id: UUID | None, kept: Message) -> bool:
    """Have that one alone on show from now on; whether others were beside it. The session is locked."""
    still_open = Lineup.objects.filter(session=session, question=question_id, settled_at=None)
    return still_open.update(kept=kept, settled_at=timezone.now()) == 1


def go_on_from(session: Session, reply: Message) -> None:
    """What is said next follows that reply, which stands alone from now on. The session is locked."""
    if settle_lineup(session, reply.parent_id, reply):
        [view] = views_of(Message.objects.filter(pk=reply.pk))
        record(session, message_note("updated", view))


def line_up(*, message: Message) -> Lineup:
    """Show the replies to a question side by side again; `message` is that question, or one of them.

    Raises:
        BadValue: there are no two of them.
    """
    with transaction.atomic():
        session = lock_message(message)
        question = message if message.role == Message.Role.USER else message.parent
        replies = Message.objects.live().filter(parent=question, role=Message.Role.ASSISTANT)
        if question is None or replies.count() < LEAST:
            raise BadValue(_("There is only one reply to this."))
        lineup = open_lineup(session, question)
        [view] = views_of([question])
        record(session, message_note("updated", view), reset_note())
    return lineup
