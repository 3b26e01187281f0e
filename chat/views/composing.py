"""What the composer of a page needs, whichever page it stands on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from chat import access, composer, toolbox
from chat.costs.meters import meters_of
from chat.events import encode
from chat.gauging import gauge_of, words_of
from chat.models import Attachment, Session, User
from chat.providers.contract import ProviderConfig
from chat.services.content import Draft
from chat.slash.dispatch import Line
from chat.views.chips import chips
from chat.views.choices import SIGNS, choices


@dataclass(frozen=True, slots=True)
class Unsent:
    """What stands in the composer as its page is loaded; `age` in milliseconds, None if nothing was kept."""

    text: str = ""
    files: tuple[Attachment, ...] = ()
    model: str = ""
    asked: tuple[str, ...] = ()
    message_id: str = ""
    age: int | None = None
    stamp: str = ""


def composer_context(
    user: User,
    session: Session | None,
    *,
    typed: str = "",
    configs: Sequence[ProviderConfig] | None = None,
) -> dict[str, Any]:
    """`typed` is a text that was just refused, and stays; `configs` as in `choices`."""
    gauge = gauge_of(session, user) if session else None
    unsent = Unsent(typed, age=0) if typed else _unsent(user, session)
    offered = choices(user, session, wanted=unsent.model, configs=configs)
    values = {choice.value for choice in offered}
    asked = [value for value in unsent.asked if value in values]
    chosen = next((choice.value for choice in offered if choice.is_chosen), "")
    return {
        "all_signs": tuple(SIGNS),
        "choices": offered,
        "asked": asked,
        "asked_values": encode(asked),
        "chips": chips(unsent.files, user=user, models=asked or [chosen]),
        "send_url": reverse("send", args=[session.id]) if session else reverse("send-first"),
        "draft_url": reverse("session-draft", args=[session.id]) if session else reverse("draft"),
        "max_chars": settings.MESSAGE_MAX_CHARS,
        "max_bytes": settings.ATTACHMENT_MAX_BYTES,
        "unsent": unsent,
        "estimate_url": reverse("estimate", args=[session.id]) if session else reverse("estimate-first"),
        "near": next((meter for meter in meters_of(user) if meter.is_near), None),
        "switches": [] if session else toolbox.switches_of(user, {}),
        "gauge": gauge,
        "gauge_words": words_of(gauge) if gauge else "",
    }


def typed_in(values: Mapping[str, Any]) -> Draft | Line:
    """What was typed, from the checked values of a `SendForm`.

    Raises:
        Refused: as `composer.read`.
    """
    return composer.read(
        values["content"],
        id=values["message_id"],
        has_attachments=bool(values["attachment_ids"]),
        is_literal=values["literal"],
    )


def _unsent(user: User, session: Session | None) -> Unsent:
    draft = access.get_draft(user, session)
    if draft is None:
        return Unsent()
    age = timezone.now() - draft.edited_at
    return Unsent(
        draft.text,
        tuple(access.unsent_attachments(user, draft.attachment_ids)),
        draft.model,
        tuple(draft.asked_models),
        str(draft.message_id),
        max(0, int(age.total_seconds() * 1000)),
        draft.stamp,
    )
