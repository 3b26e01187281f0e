"""The pieces of HTML that page, POST reply and socket share: no request, no queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
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
from chat.lineups import Columns
from chat.listing import Entry
from chat.models import Attachment, Message, Project, Reaction, Role, Session, Summary, User
from chat.parts import Part
from chat.snapshot import MessageView
from chat.speaking import spoken
from chat.steps import Passage, laid_out, passages_of, said_in
from chat.text import brief_number, duration, money
from chat.tried import tried_for

# Finish reasons that mean "ran into the token limit", as the providers name it.
LENGTH_REASONS = frozenset({"length", "max_tokens", "MAX_TOKENS"})


def bubble(
    view: MessageView,
    *,
    viewer: User | None = None,
    role: Role = Role.VIEWER,
    is_grown: bool = False,
    has_body: bool = True,
    columns: Columns | None = None,
) -> SafeString:
    """One message, as `viewer` with that role sees it.

    `is_grown`: the page has all of its text already, and puts it in. Without `has_body` it comes after this.
    `columns`: those that it stands in.
    """
    message = view.message
    asking = asking_of(view, viewer, role)
    context = {
        "view": view,
        "message": message,
        "asking": asking,
        "passage": passages_of(view)[0],
        "body": told_body(view, asking) if has_body and not is_grown else "",
        "is_grown": is_grown,
        "facts": reply_facts(message),
        "failure": failure(message),
        "tried": tried_for(message) if message.tried else None,
        "waits_for": waits_for(view, asking),
        "failure_of_fold": job_failure(view.fold.failure) if view.fold else "",
        "can_edit": role.can_write,
        "is_mine": viewer is not None and message.author_id == viewer.pk,
        "is_cut": message.finish_reason in LENGTH_REASONS,
        "columns": columns,
        "name": (names_in(columns) if columns else {}).get(message.pk) or name_of(message),
        "merged_from": merged_from(message),
        "asked": f"{message.provider}::{message.model}",
        **_beside(view, viewer, role),
    }
    return render_to_string("chat/_message.html", context)


def name_of(message: Message) -> str:
    """Whose reply it is."""
    return message.model or message.provider or _("Reply")


def names_in(columns: Columns) -> dict[UUID, str]:
    """Whose reply each of them is; of those that are called the same the second is “… 2”."""
    told: Counter[str] = Counter()
    names = {}
    for view in columns.views:
        name = name_of(view.message)
        told[name] += 1
        names[view.message.pk] = name if told[name] == 1 else f"{name} {told[name]}"
    return names


def merged_from(message: Message) -> str:
    """Whose replies a model made it of; empty where it did not."""
    names = [one.get("model") or one.get("provider") or _("Reply") for one in message.merged_from or ()]
    return get_text_list(names, _("and")) if names else ""


def lineup(columns: Columns, *, viewer: User, role: Role, is_bare: bool = False) -> SafeString:
    """Replies side by side; `is_bare`: they come one by one, and the page has a place for each."""
    found = () if is_bare else columns.views
    names = names_in(columns)
    context = {
        "columns": columns,
        "tabs": [(view.message, names[view.message.pk]) for view in columns.views],
        "bubbles": [bubble(view, viewer=viewer, role=role, columns=columns) for view in found],
        "goes_on_from": names[columns.on_show.pk] if columns.on_show.is_active else "",
        "can_edit": role.can_write,
    }
    return render_to_string("chat/_lineup.html", context)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who is asked whether a tool may be used, as one person sees it; `name` is somebody else's."""

    name: str = ""
    may_allow: bool = False
    may_forbid: bool = False


def asking_of(view: MessageView, viewer: User | None, role: Role) -> Asking:
    """The tool acts for the person who asked, so only they allow it; who may stop the reply may say no."""
    is_asker = viewer is not None and view.wait.asker_id == viewer.pk
    name = "" if viewer is None or is_asker else view.wait.asker
    return Asking(name, may_allow=is_asker and role.can_write, may_forbid=role.can_write)


def told_body(view: MessageView, asking: Asking, *, with_thoughts: bool = True) -> SafeString:
    """The text of a message, with the steps that were taken within it; those before it stand above."""
    return _told(view, passages_of(view, with_thoughts=with_thoughts), asking)


def opening(view: MessageView, asking: Asking) -> str:
    """All of a running reply's body that stands before the text that grows."""
    *passages, last = passages_of(view)
    return _told(view, [*passages, replace(last, text="")], asking) if passages else ""


def _told(view: MessageView, passages: Sequence[Passage], asking: Asking) -> SafeString:
    first, *others = _htmls(view, passages)
    told = "".join(
        steps_html(view, passage, asking) + html for passage, html in zip(passages[1:], others, strict=True)
    )
    return mark_safe(first + told)  # noqa: S308  nh3 was its last step


def steps_html(view: MessageView, passage: Passage, asking: Asking) -> SafeString:
    context = {"passage": passage, "message": view.message, "asking": asking}
    return render_to_string("chat/_steps.html", context)


@dataclass(frozen=True)
class Tool:
    """A tool's call or its result, as a document tells it; `said` is JSON, laid out to be read."""

    name: str
    state: str
    is_call: bool
    said: str
    is_refused: bool = False


def tools_of(kept: Iterable[Part]) -> list[Tool]:
    """The calls of tools and their results among parts of a message, in order."""
    return [_tool(part) for part in parts.tools_of(kept)]


def _tool(part: Part) -> Tool:
    said = laid_out(said_in(part), most=None)
    name = parts.word_in(part, "title") or parts.word_in(part, "name") or _("Tool")
    is_refused = part.get("decision") == "refused"
    return Tool(name, part["state"], part["type"] == "tool-call", said, is_refused)


def failure(message: Message) -> dict[str, str]:
    """Why a reply failed, in the reader's language; a provider's own words as they came."""
    error = message.error or {}
    said = error.get("said")
    kept = said if isinstance(said, dict) else {}
    return {part: spoken(kept.get(part), error.get(part) or "") for part in ("title", "detail")}


def waits_for(view: MessageView, asking: Asking) -> str:
    """What a reply waits for; where another is asked than was, that one's name is put in."""
    if view.wait.is_for_a_person:
        if asking.may_allow:
            return _("Waiting for your answer…")
        return _("Waiting for %(name)s…") % {"name": asking.name} if asking.name else _("Waiting…")
    name = view.message.model or view.message.provider
    return _(view.wait.note).replace("%(name)s", name) if view.wait.note else ""


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
    if not view.message.parts and (kept := _kept_html(view.message)):
        return kept
    return "".join(_htmls(view, passages_of(view)))


def htmls_of(view: MessageView) -> list[str]:
    """Of each passage of a message (see chat.steps)."""
    return _htmls(view, passages_of(view))


def _htmls(view: MessageView, passages: Sequence[Passage]) -> list[str]:
    kept = _kept_html(view.message).split(rendering.SEAM)
    if kept[0] and len(kept) == len(passages):
        return kept
    texts = [passage.text for passage in passages]
    return rendering.render_passages(texts, prefix=view.message.id.hex).split(rendering.SEAM)


def _kept_html(message: Message) -> str:
    """Empty where it has to be rendered anew."""
    is_kept = message.html_version == rendering.RENDERER_VERSION and not message.is_running
    return message.html if is_kept else ""


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
    context = {"session": session, "tags": tags, "role": role, "may_suggest": settings.PARLEY_SUGGESTIONS}
    context["project"] = project_of(session)
    pieces = ("chat/_title.html", "chat/_session_actions.html")
    return format_html_join("", "{}", ((render_to_string(piece, context),) for piece in pieces))


def follow_ups(session: Session, questions: Sequence[str]) -> SafeString:
    """What could be asked next, below the last reply; its place where there is nothing."""
    return render_to_string("chat/_follow_ups.html", {"session": session, "questions": questions})


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
