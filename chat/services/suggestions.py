"""Titles and tags that a person asks a model for: proposed to them alone, and set by nobody but them."""

from __future__ import annotations

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from chat import audit
from chat.background import queue
from chat.errors import NotAllowed
from chat.generation.extras.making import model_for
from chat.log import lock_session
from chat.models import Extra, Session, User
from chat.services.quotas import admit_request


def ask_suggestion(*, session: Session, user: User, purpose: Extra.Purpose) -> Extra:
    """Have a model propose a title or tags to this person; where that is under way, it goes on.

    Raises:
        NotAllowed: that is switched off here.
        TooMany: of the rate limit, or QuotaExceeded.
    """
    if not settings.PARLEY_SUGGESTIONS:
        raise NotAllowed(_("An administrator has switched suggestions off here."))
    if under_way := _under_way(session, user, purpose):
        return under_way
    provider, model = model_for(session, {})
    admit_request(user=user, provider=provider, model=model)
    try:
        with transaction.atomic():
            locked = lock_session(session)
            extra = Extra.objects.create(session=locked, owner=user, purpose=purpose)
            queue.wake()
            audit.note(audit.Action.SUGGESTION_ASKED, extra, session=locked, purpose=purpose.value)
    except IntegrityError:  # asked for twice at once; the other may have ended by now
        return _asked(session, user, purpose).latest("created_at")
    return extra


def _under_way(session: Session, user: User, purpose: Extra.Purpose) -> Extra | None:
    return _asked(session, user, purpose).filter(ended_at=None).first()


def _asked(session: Session, user: User, purpose: Extra.Purpose) -> QuerySet[Extra]:
    return Extra.objects.filter(session=session, owner=user, purpose=purpose)
