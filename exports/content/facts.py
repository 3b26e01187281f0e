"""What a conversation is, in the words of a document's head."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from chat.fragments import project_of
from chat.models import Message
from exports.content.transcript import Transcript

# Names of models; beyond, the rest is left out.
MOST = 12


def facts_of(transcript: Transcript) -> Iterator[tuple[str, str]]:
    """Each with its name; what nobody knows is left out."""
    session = transcript.session
    if project := project_of(session):
        yield _("Project"), project.name
    if models := list(models_of(transcript)[: MOST + 1]):
        yield _("Model"), ", ".join(models[:MOST]) + (" …" if len(models) > MOST else "")
    yield _("Created"), _moment(session.created_at)
    yield _("Last updated"), _moment(session.updated_at)
    if tags := sorted(tag.name for tag in session.tags.all()):
        yield _("Tags"), ", ".join(tags)
    yield _("Messages"), number_format(transcript.count(), force_grouping=True)
    if session.total_tokens:
        yield _("Tokens"), number_format(session.total_tokens, force_grouping=True)
    if session.cost:
        yield _("Cost"), f"${number_format(session.cost.normalize())}"


def models_of(transcript: Transcript) -> QuerySet[Message, str]:
    """The names of all that answered, also with what is not told."""
    rows = Message.objects.live().filter(session=transcript.session, role=Message.Role.ASSISTANT)
    return rows.exclude(model="").order_by("model").values_list("model", flat=True).distinct()


def _moment(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")
