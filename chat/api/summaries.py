"""What models read of conversations: summaries on demand, and what was sent for a reply."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Router

from chat import access
from chat.api import outputs
from chat.api.answers import json_answer
from chat.api.callers import reading, writing
from chat.http import no_content
from chat.models import Message, Role, Session, User
from chat.sent import Sent, sent_for
from chat.services import summaries
from chat.summing import Summing, summing_in
from chat.toolbox import told_names
from chat.wire import time_json

router = Router(tags=["sessions"])
sent_router = Router(tags=["messages"])


def summing_json(found: Summing) -> dict[str, Any]:
    """A Summarizing."""
    summary, aside = found.summary, found.aside
    told = summary and {
        "text": summary.text,
        "messages": summary.count,
        "upto_message_id": str(summary.upto),
        "provider": summary.provider or None,
        "model": summary.model or None,
        "created_at": time_json(summary.created_at),
    }
    failed = "error" if found.failure else "complete" if summary else None
    return {
        "status": aside.status if aside else failed,
        "progress": aside.progress if aside else 100 if summary else 0,
        "error": str(found.failure["words"]) if found.failure else None,
        "summary": told,
    }


def sent_json(sent: Sent, names: Collection[str]) -> dict[str, Any]:
    """A SentPrompt, with all its messages, for who knows tools of these names."""
    prompt = sent.prompt
    return {
        "provider": prompt.provider,
        "model": prompt.model,
        "window": sent.window or prompt.window,
        "estimated_tokens": prompt.estimated_tokens,
        "sections": [
            {"name": one.name, "title": one.title, "tokens": one.tokens, "text": one.text, "cut": one.is_cut}
            for one in sent.sections
        ],
        "left_out": sent.left_out or None,
        "message_ids": [str(key) for key in prompt.message_ids],
        "temperature": prompt.temperature,
        "max_tokens": prompt.max_tokens,
        "options": sent.options,
        "parameters": prompt.made_of.get("parameters", {}),
        "tools": [name for name in sent.tools if name in names],
        "hidden_tools": sum(name not in names for name in sent.tools),
        "sent_at": time_json(prompt.sent_at),
    }


@router.post("/{uuid:session_id}/summarize", response={202: outputs.Summarizing})
async def summarize_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Have all that is on show summed up; where that is under way, it goes on. GET tells how far it is."""
    return json_answer(await writing(request, _summarize, session_id), status=202)


def _summarize(user: User, session_id: UUID) -> dict[str, Any]:
    session = access.get_session(user, session_id, Role.EDITOR)
    summaries.ask_summary(session=session, user=user)
    return summing_json(summing_in(session))


@router.get("/{uuid:session_id}/summarize", response=outputs.Summarizing)
async def get_summary(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The last summary, and how far the next one is."""
    return json_answer(await reading(request, _get, session_id))


def _get(user: User, session_id: UUID) -> dict[str, Any]:
    return summing_json(summing_in(_session(user, session_id)))


def _session(user: User, session_id: UUID) -> Session:
    return access.get_session(user, session_id, Role.MODERATOR)


@router.delete("/{uuid:session_id}/summarize", response={204: None})
async def cancel_summary(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Also when none is being made; one that is there stays."""
    await writing(request, _cancel, session_id)
    return no_content()


def _cancel(user: User, session_id: UUID) -> None:
    summaries.cancel_summary(session=access.get_session(user, session_id, Role.EDITOR))


@sent_router.get("/{uuid:message_id}/sent", response=outputs.SentPrompt)
async def get_sent(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """What a model was given for a reply: sections in their order, and the ids of the messages."""
    return json_answer(await reading(request, _sent, message_id))


def _sent(user: User, message_id: UUID) -> dict[str, Any]:
    message = access.get_message(user, message_id, Role.MODERATOR)
    sent = sent_for(message) if message.role == Message.Role.ASSISTANT else None
    if sent is None:
        raise Http404
    return sent_json(sent, told_names(user, sent))
