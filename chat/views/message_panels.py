"""What can be read about a message: what was sent for it, what it said before, which models could answer."""

from __future__ import annotations

import json
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from chat import access
from chat.history import history_of
from chat.models import Message, Role, SentPrompt, User
from chat.providers.asked import LIMITS
from chat.sent import Sent, sent_for
from chat.snapshot import views_of
from chat.starts import start_of, starting
from chat.text import duration, number
from chat.toolbox import told_names
from chat.views.choices import choices
from chat.views.door import PageRequest, login_needed

MAX_ALTERNATIVES = 100


@require_GET
@login_needed
def show_sent(request: PageRequest, message_id: UUID) -> HttpResponse:
    """What the model was given for a reply, and what it took; `?before=` is a page of earlier messages."""
    message = access.get_message(request.user, message_id, Role.MODERATOR)
    if message.role != Message.Role.ASSISTANT:
        raise Http404
    before = request.GET.get("before", "")
    is_number = before.isascii() and before.isdecimal() and len(before) < 10
    sent = sent_for(message, before=int(before) if is_number else None)
    template = "chat/_sent_messages.html" if before and request.htmx else panel(request, "sent")
    context = {
        "message": message,
        "sent": sent,
        "facts": [*sent_facts(message, sent), *tools_facts(request.user, sent)],
        "left_words": left_words(sent) if sent else "",
    }
    return render(request, template, context)


@require_GET
@login_needed
def show_history(request: PageRequest, message_id: UUID) -> HttpResponse:
    message = access.get_message(request.user, message_id, Role.MODERATOR)
    context = {"message": message, "history": history_of(message)}
    return render(request, panel(request, "history"), context)


@require_GET
@login_needed
def offer_models(request: PageRequest, message_id: UUID) -> HttpResponse:
    """The models that could answer instead, to choose one from."""
    message = access.get_message(request.user, message_id, Role.EDITOR)
    context = {"message": message, "choices": choices(request.user, message.session)}
    return render(request, panel(request, "models"), context)


@require_GET
@login_needed
def show_alternatives(request: PageRequest, message_id: UUID) -> HttpResponse:
    """All that stands or stood in a message's place: who wrote it, when, and how it begins."""
    message = access.get_message(request.user, message_id, Role.MODERATOR)
    [view] = views_of([message])
    rows = Message.objects.filter(pk__in=view.alternatives[-MAX_ALTERNATIVES:])
    context = {
        "message": message,
        "alternatives": [(row, start_of(row)) for row in starting(rows).order_by("created_at", "id")],
    }
    return render(request, panel(request, "alternatives"), context)


def panel(request: PageRequest, name: str) -> str:
    """The template of a panel: in the page's dialog, or a page of its own."""
    return f"chat/_{name}.html" if request.htmx else f"chat/{name}.html"


def tools_facts(user: User, sent: Sent | None) -> list[tuple[str, str]]:
    """Which tools the model was told of; those of somebody else's servers are counted, not named."""
    if sent is None or not sent.tools:
        return []
    told = told_names(user, sent)
    names = [name for name in sent.tools if name in told]
    if hidden := len(sent.tools) - len(names):
        names.append(ngettext("%(n)s of another person", "%(n)s of other people", hidden) % {"n": hidden})
    return [(_("Tools"), ", ".join(names))]


def sent_facts(message: Message, sent: Sent | None) -> list[tuple[str, str]]:
    """What went out and what it took, as rows of a table; what nobody knows is called so."""
    unknown = _("unknown")
    facts = [
        (_("Model"), _model_words(message, sent) or unknown),
        *(_settings_facts(sent.prompt) if sent else []),
        (_("Tokens sent"), _tokens_sent(message, sent)),
        *_parts_facts(
            (_("From the provider’s cache"), message.cached_tokens),
            (_("Written to its cache"), message.cache_write_tokens),
        ),
        (_("Tokens received"), unknown if message.output_tokens is None else number(message.output_tokens)),
        *_parts_facts((_("Of these, thoughts"), message.reasoning_tokens)),
        (_("Cost"), _cost(message)),
    ]
    timing = ((_("Time"), message.duration_ms), (_("First token"), message.first_token_ms))
    facts += [(name, duration(took)) for name, took in timing if took is not None]
    if message.tokens_per_second is not None:
        facts.append((_("Tokens per second"), number_format(message.tokens_per_second, 1)))
    if message.finish_reason:
        facts.append((_("Ended because"), message.finish_reason))
    return facts


def _parts_facts(*parts: tuple[str, int | None]) -> list[tuple[str, str]]:
    """What few requests have is told where they have it."""
    return [(name, number(tokens)) for name, tokens in parts if tokens]


def _cost(message: Message) -> str:
    if message.cost is None:
        return _("unknown")
    return f"${number_format(message.cost.normalize())}" if message.cost else _("free")


def left_words(sent: Sent) -> str:
    """Why earlier messages were left out, and how many there are; empty where none were."""
    reasons = {
        "window": _("They did not fit into the model’s window."),
        "large": _("The next one is too large for what was left of the model’s window."),
        "setting": _("The settings of this conversation say how many are sent along."),
    }
    why = reasons.get(sent.left_out)
    if why is None:
        return ""
    count = ngettext(
        "%(n)s earlier message was left out.", "%(n)s earlier messages were left out.", sent.left_count
    )
    return f"{count % {'n': number(sent.left_count)}} {why}"


def _model_words(message: Message, sent: Sent | None) -> str:
    """Who was asked, and who answered where that is another name."""
    asked = sent.prompt.model if sent else message.model
    words = [asked, sent.prompt.provider if sent else message.provider]
    if message.model and message.model != asked:
        words.append(_("answered as %(model)s") % {"model": message.model})
    return " · ".join(word for word in words if word)


def _settings_facts(prompt: SentPrompt) -> list[tuple[str, str]]:
    own = _("the model’s default")
    window = (
        [(_("Context window"), _("%(n)s tokens") % {"n": number(prompt.window)})] if prompt.window else []
    )
    return [
        (_("Sent"), date_format(timezone.localtime(prompt.sent_at), "DATETIME_FORMAT")),
        (_("Temperature"), _temperature(prompt) or own),
        (_("Longest reply"), own if prompt.max_tokens is None else number(prompt.max_tokens)),
        *window,
        *_more_facts(prompt),
    ]


def _temperature(prompt: SentPrompt) -> str:
    if "temperature" in prompt.made_of.get("kept_back", ()):
        return _("not sent, as this provider takes none")
    return "" if prompt.temperature is None else number_format(prompt.temperature)


def _more_facts(prompt: SentPrompt) -> list[tuple[str, str]]:
    """By the provider's own names; of what was sent before those were noted, the options."""
    asked = prompt.made_of.get("parameters", prompt.made_of.get("options", {}))
    more = {name: value for name, value in asked.items() if name not in ("temperature", *LIMITS)}
    return [
        (name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
        for name, value in sorted(more.items())
    ]


def _tokens_sent(message: Message, sent: Sent | None) -> str:
    if message.input_tokens is not None:
        return number(message.input_tokens)
    if sent is None:
        return _("unknown")
    return _("about %(n)s, estimated") % {"n": number(sent.prompt.estimated_tokens)}
