"""The pieces of HTML that page, POST reply and socket share: no request, no queries."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat import parts, rendering
from chat.events import encode
from chat.listing import Entry
from chat.models import Attachment, Message, Project, Reaction, Role, Session, Summary, User
from chat.parts import Part
from chat.snapshot import MessageView
from chat.speaking import spoken
from chat.text import brief_number, money
from chat.tried import tried_for

# Finish reasons that mean "ran into the token limit", as the providers name it.
LENGTH_REASONS = frozenset({"length", "max_tokens", "MAX_TOKENS"})


def bubble(
    view: MessageView, *, viewer: User | None = None, role: Role = Role.VIEWER, is_grown: bool = False
) -> SafeString:
    """One message, as `viewer` with that role sees it.

    `is_grown`: the page has all of its text already, and puts it in.
    """
    message = view.message
    steps = steps_of(view)
    context = {
        "view": view,
        "message": message,
        "steps": steps,
        "body": "" if is_grown else body(view),
        "is_grown": is_grown,
        "facts": reply_facts(message),
        "failure": failure(message),
        "tried": tried_for(message) if message.tried else None,
        "waits_for": _waits_for(view, steps),
        "failure_of_fold": job_failure(view.fold.failure) if view.fold else "",
        "can_edit": role.can_write,
        "is_mine": viewer is not None and message.author_id == viewer.pk,
        "is_cut": message.finish_reason in LENGTH_REASONS,
        **_beside(view, viewer, role),
    }
    return render_to_string("chat/_message.html", context)


def _waits_for(view: MessageView, steps: Iterable[Step]) -> str:
    if any(step.waits for step in steps):
        return _("Waiting for your answer…")
    return waits_for(view)


@dataclass
class Step:
    """What a model did on the way to its answer: thoughts, or a tool that it called with what came of it.

    `arguments` and `result` are JSON, laid out to be read, or text.
    """

    state: str
    thoughts: str = ""
    id: str = ""
    name: str = ""
    arguments: str = ""
    result: str = ""
    is_last: bool = False

    @property
    def waits(self) -> bool:
        """For a person, who may forbid it."""
        return self.state == "pending"


def steps_of(view: MessageView) -> list[Step]:
    """The steps of a message, in order; a call and its result are one."""
    message = view.message
    steps: list[Step] = []
    calls: dict[str, Step] = {}
    for part in _steps_in(view):
        if part["type"] == "reasoning":
            steps.append(Step(part.get("state", "complete"), thoughts=part["text"]))
        elif part["type"] == "tool-result" and (call := calls.pop(part.get("id", ""), None)):
            call.state, call.result = part["state"], _laid_out(part.get("result", ""))
        else:
            steps.append(_step(part))
            calls[steps[-1].id] = steps[-1]
    if steps:
        steps[-1].is_last = message.is_running and not view.content
    return steps


def _steps_in(view: MessageView) -> list[Part]:
    kept = view.message.parts
    if view.message.is_running:
        kept = parts.woven(kept, view.content, view.reasoning)
    return [part for part in kept if part["type"] != "text"]


def _step(part: Part) -> Step:
    name = part.get("title") or part.get("name") or _("Tool")
    if part["type"] == "tool-call":
        return Step(part["state"], id=part.get("id", ""), name=name, arguments=_laid_out(_said(part)))
    return Step(part["state"], name=name, result=_laid_out(_said(part)))


def _said(part: Part) -> Any:
    """What a program said of a tool, under whatever names."""
    about = ("type", "state", "name", "id", "title", "server", parts.AT)
    rest = {key: value for key, value in part.items() if key not in about}
    return next(iter(rest.values())) if len(rest) == 1 else rest


def _laid_out(said: Any) -> str:
    return said if isinstance(said, str) else json.dumps(said, ensure_ascii=False, indent=2)


@dataclass(frozen=True)
class Tool:
    """A tool's call or its result, as a message shows it; `said` is JSON, laid out to be read."""

    name: str
    state: str
    is_call: bool
    said: str


def tools_of(message: Message) -> list[Tool]:
    """The calls of tools and their results in a message, in order."""
    return [_tool(part) for part in parts.tools_of(message.parts)]


def _tool(part: Part) -> Tool:
    rest = {key: value for key, value in part.items() if key not in ("type", "state", "name", parts.AT)}
    only = next(iter(rest.values())) if len(rest) == 1 else rest
    said = only if isinstance(only, str) else json.dumps(only, ensure_ascii=False, indent=2)
    return Tool(part.get("name") or _("Tool"), part["state"], part["type"] == "tool-call", said)


def failure(message: Message) -> dict[str, str]:
    """Why a reply failed, in the reader's language; a provider's own words as they came."""
    error = message.error or {}
    said = error.get("said")
    kept = said if isinstance(said, dict) else {}
    return {part: spoken(kept.get(part), error.get(part) or "") for part in ("title", "detail")}


def waits_for(view: MessageView) -> str:
    """What a reply waits for; where another is asked than was, that one's name is put in."""
    name = view.message.model or view.message.provider
    return _(view.note).replace("%(name)s", name) if view.note else ""


def job_failure(error: dict[str, Any] | None) -> str:
    """Why a job failed, in the reader's language; empty if it did not."""
    kept = error or {}
    return spoken(kept.get("said"), str(kept.get("words") or ""))


def summary_body(summary: Summary) -> SafeString:
    """A summary for people, which a model wrote as Markdown."""
    return mark_safe(rendering.render(summary.text, prefix=summary.pk.hex))  # noqa: S308  nh3 was its last step


def body(view: MessageView) -> SafeString:
    """The text of a message, as it is kept or rendered now."""
    return mark_safe(kept_body(view))  # noqa: S308  nh3 was its last step


def kept_body(view: MessageView) -> str:
    """The same as a plain string, for who goes on with it: marking thousands takes longer than writing."""
    message = view.message
    is_kept = message.html_version == rendering.RENDERER_VERSION and message.html and not message.is_running
    return message.html if is_kept else rendering.render(view.content, prefix=message.id.hex)


def reaction_bar(view: MessageView, *, viewer: User, role: Role) -> SafeString:
    """What people gave a message, each emoji with a button that gives it too or takes it back."""
    return render_to_string("chat/_reactions.html", {"message": view.message, **_beside(view, viewer, role)})


def annotation_list(view: MessageView, *, viewer: User, role: Role) -> SafeString:
    """The notes on a message; those of `viewer` can be edited."""
    return render_to_string(
        "chat/_annotations.html", {"message": view.message, **_beside(view, viewer, role)}
    )


def _beside(view: MessageView, viewer: User | None, role: Role) -> dict[str, Any]:
    return {
        "viewer_id": viewer.pk if viewer else None,
        "can_comment": role.can_comment,
        "reactions": reaction_chips(view, viewer),
        "annotations": view.annotations,
    }


# How many people a chip names.
MAX_NAMES = 8


@dataclass(frozen=True)
class Chip:
    """One emoji under a message: who gave it, and whether the viewer did."""

    emoji: str
    count: int
    who: str
    is_mine: bool


def reaction_chips(view: MessageView, viewer: User | None) -> list[Chip]:
    """The emojis in the order in which they first came."""
    groups: dict[str, list[Reaction]] = {}
    for reaction in view.reactions:
        groups.setdefault(reaction.emoji, []).append(reaction)
    return [_chip(emoji, given, viewer) for emoji, given in groups.items()]


def _chip(emoji: str, given: list[Reaction], viewer: User | None) -> Chip:
    others = [reaction.who for reaction in given if viewer is None or reaction.user_id != viewer.pk]
    is_mine = len(others) < len(given)
    names = [_("you"), *others] if is_mine else others
    if len(names) > MAX_NAMES:
        more = len(names) - MAX_NAMES + 1
        names = [*names[: MAX_NAMES - 1], ngettext("%(n)s more", "%(n)s more", more) % {"n": more}]
    return Chip(emoji, len(given), get_text_list(names, _("and")), is_mine)


def session_header(session: Session, *, role: Role) -> SafeString:
    """What of the header can change: title, marks, and the actions that depend on them."""
    tags = sorted(tag.name for tag in session.tags.all())
    context = {"session": session, "tags": tags, "role": role}
    context["project"] = project_of(session)
    pieces = ("chat/_title.html", "chat/_session_actions.html")
    return format_html_join("", "{}", ((render_to_string(piece, context),) for piece in pieces))


def project_of(session: Session) -> Project | None:
    """Where the conversation belongs, unless that was put away."""
    project = session.project
    return project if project is not None and project.deleted_at is None else None


def sidebar_item(entry: Entry, *, is_current: bool = False) -> SafeString:
    """The conversation in the list."""
    return render_to_string(
        "chat/_sidebar_item.html", {"entry": entry, "session": entry.session, "is_current": is_current}
    )


def left(session_id: UUID) -> SafeString:
    """The word that a conversation is in no list any more."""
    return format_html('<parley-left s="{}"></parley-left>', session_id)


@dataclass(frozen=True, slots=True)
class FileState:
    """What is known of a file that waits to be sent: how much there is, what is wrong with it, what it lacks.

    `extent` is such as "12 pages"; `trouble` why a model would be told its name alone. `tokens` are those
    that it takes as far as one knows.
    """

    extent: str = ""
    trouble: str = ""
    is_being_read: bool = False
    has_text: bool = False
    tokens: int | None = None


def chip(attachment: Attachment, state: FileState) -> SafeString:
    """A file in the composer; the text of one that would fit can be put into the message."""
    context = {"file": attachment, "state": state, "max_chars": settings.MESSAGE_MAX_CHARS}
    return render_to_string("chat/_chip.html", context)


def file_state(attachment: Attachment, state: FileState) -> SafeString:
    """The lines of a chip that change: as the file is read, and as another model is chosen."""
    return render_to_string("chat/_chip_state.html", {"file": attachment, "state": state})


def taken(session_id: UUID, text: str, chips: Iterable[SafeString]) -> SafeString:
    """What the conversation's composer takes in of a message that was taken back."""
    shown = format_html_join("", "{}", ((one,) for one in chips))
    return format_html('<parley-taken s="{}" text="{}">{}</parley-taken>', session_id, text, shown)


def toast(words: str, *, undo_url: str = "", undo_values: dict[str, Any] | None = None) -> SafeString:
    """A passing notice, with the way back where there is one."""
    values = encode(undo_values) if undo_values else ""
    context = {"words": words, "undo_url": undo_url, "undo_values": values, "is_frame": True}
    return render_to_string("chat/_toast.html", context)


def reply_facts(message: Message) -> list[str]:
    """What a reply took, in the words of the line below it; what the provider did not say is left out."""
    if message.role != Message.Role.ASSISTANT or message.is_running:
        return []
    facts = []
    if message.tokens_per_second:
        facts.append(_("%(rate)s tokens/s") % {"rate": number_format(message.tokens_per_second, 1)})
    if message.duration_ms is not None:
        facts.append(duration(message.duration_ms))
    if message.first_token_ms is not None:
        facts.append(_("first token %(time)s") % {"time": duration(message.first_token_ms)})
    if message.input_tokens is not None and message.output_tokens is not None:
        counts = {"sent": brief_number(message.input_tokens), "received": brief_number(message.output_tokens)}
        facts.append(_("%(sent)s tokens in, %(received)s out") % counts)
    if message.cost:
        facts.append(money(message.cost))
    return facts


def duration(milliseconds: int) -> str:
    if milliseconds < 1000:
        return _("%(n)s ms") % {"n": milliseconds}
    seconds = milliseconds / 1000
    if seconds < 60:
        return _("%(n)s s") % {"n": number_format(seconds, 1)}
    return _("%(minutes)s min %(seconds)s s") % {"minutes": int(seconds // 60), "seconds": int(seconds % 60)}
