"""The shapes that operations answer with, for the schema; `chat.wire` makes them, and a test compares."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict


class Output(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SessionSettings(Output):
    temperature: float | None
    max_tokens: int | None
    system_prompt: str
    auto_context: bool
    context_window: int | None


class Fallback(Output):
    provider: str
    model: str


class FollowUps(Output):
    """What could be asked after the last reply, as a model thinks, and which reply that is."""

    message_id: UUID
    questions: list[str]


class Session(Output):
    id: UUID
    name: str
    provider: str | None
    model: str | None
    settings: SessionSettings
    fallbacks: list[Fallback]
    options: dict[str, dict[str, str | int | float | bool]]
    message_count: int
    total_tokens: int
    cost: str | None
    tags: list[str]
    starred: bool
    archived: bool
    follow_ups: FollowUps | None
    parent_id: UUID | None
    project: str | None
    scope_type: str | None
    scope_id: str | None
    created_at: datetime
    updated_at: datetime


class SessionWithCursor(Session):
    last_event_id: int


class SessionList(Output):
    items: list[Session]
    next: str | None


class Part(BaseModel):
    """A text has `text`; a tool's call and its result have a `name`, and what they say beside."""

    type: Literal["text", "reasoning", "tool-call", "tool-result"]
    state: Literal["pending", "running", "complete", "error"]


class Usage(Output):
    input_tokens: int | None
    output_tokens: int | None
    cost: str | None


class Timing(Output):
    first_token_ms: int | None
    duration_ms: int
    tokens_per_second: float | None


class Attachment(Output):
    id: UUID
    kind: Literal["image", "document", "code", "text", "file"]
    name: str
    size: int
    mime_type: str


class Edit(Output):
    content: str
    edited_at: datetime
    user: str | None


class Reaction(Output):
    """One emoji and who gave it, by user name, the first one first."""

    emoji: str
    count: int
    users: list[str]


class Annotation(Output):
    """A note; `start`, `end` and `quote` are null where it is on the whole message.

    With a `quote` and no offsets, the passage is in the message no more: it was edited.
    """

    id: UUID
    message_id: UUID
    body: str
    start: int | None
    end: int | None
    quote: str | None
    user: str | None
    created_at: datetime
    edited_at: datetime | None


class FileGiven(Output):
    """How a model was given a file for a reply. `why`: the reason for which it got the name alone."""

    name: str
    given: Literal["text", "cut", "picture", "document", "name"]
    why: str | None


class MessageContext(Output):
    activity_events: list[Any]
    plugin_commands: list[Any]
    files: list[FileGiven]


class MessageError(Output):
    title: str
    detail: str
    retryable: bool


class Tried(Output):
    """One who was asked and did not answer; `message_id` is what there is of a reply that broke off."""

    provider: str
    model: str
    title: str
    detail: str
    message_id: UUID | None


class Merged(Output):
    """One of the replies that a model merged into this one."""

    provider: str
    model: str
    message_id: UUID | None


class Message(Output):
    id: UUID
    session_id: UUID
    parent_id: UUID | None
    role: Literal["user", "assistant", "system", "tool"]
    content: str
    parts: list[Part]
    status: Literal["pending", "streaming", "complete", "stopped", "interrupted", "error"]
    visibility: Literal["shown", "hidden", "internal"]
    provider: str | None
    model: str | None
    finish_reason: str | None
    usage: Usage | None
    timing: Timing | None
    attachments: list[Attachment]
    reactions: list[Reaction]
    annotations: list[Annotation]
    edits: list[Edit]
    alternatives: list[UUID]
    context: MessageContext
    tried: list[Tried]
    merged_from: list[Merged]
    error: MessageError | None
    created_at: datetime
    updated_at: datetime


class MessageList(Output):
    items: list[Message]
    next: UUID | None
    last_event_id: int


class Comparison(Output):
    common: list[UUID]
    left: list[Message]
    right: list[Message]


class Sent(Output):
    """`assistant_messages` are all replies, where several models were asked; the first is on show."""

    user_message: Message
    assistant_message: Message
    assistant_messages: list[Message] | None = None


class ImportItem(Output):
    """What came of one conversation; `notes` say why it did not come in, or what of it did not."""

    outcome: Literal["imported", "updated", "skipped", "failed"]
    name: str
    session_id: UUID | None
    messages: int
    notes: list[str]


class ImportReport(Output):
    """Counts of conversations, and of the messages that came in; `items` are the first 1,000 of them."""

    conversations: int
    imported: int
    updated: int
    skipped: int
    failed: int
    messages: int
    items: list[ImportItem]


class Import(Output):
    """`format` is what the file turned out to be; `url` leads to the whole report as text."""

    id: UUID
    status: Literal["pending", "running", "complete", "error", "cancelled"]
    progress: int
    format: Literal["parley", "chatgpt", "claude", "openwebui"] | None
    name: str
    size: int
    url: str | None
    error: str | None
    report: ImportReport
    created_at: datetime
    ended_at: datetime | None


class TemplateMessage(Output):
    role: Literal["user", "assistant"]
    content: str


class TemplateVariable(Output):
    name: str
    label: str
    default: str
    choices: list[str]
    required: bool


class TemplateMember(Output):
    username: str
    role: Literal["viewer", "editor"]


class Template(Output):
    """`members` is empty to those who have it only because everybody has."""

    id: UUID
    name: str
    description: str
    shared: bool
    owner: str
    own: bool
    role: Literal["viewer", "editor", "owner"]
    members: list[TemplateMember]
    provider: str | None
    model: str | None
    settings: SessionSettings
    options: dict[str, dict[str, str | int | float | bool]]
    fallbacks: list[Fallback]
    tools: dict[str, bool]
    messages: list[TemplateMessage]
    variables: list[TemplateVariable]
    version: int
    use_count: int
    last_used_at: datetime | None
    created_at: datetime
    updated_at: datetime


class TemplateList(Output):
    items: list[Template]
    next: str | None


class TemplateVersion(Output):
    """`restored_from` is the number of the version that somebody went back to with this one."""

    number: int
    author: str | None
    restored_from: int | None
    created_at: datetime
    name: str
    description: str
    provider: str | None
    model: str | None
    settings: SessionSettings
    options: dict[str, dict[str, str | int | float | bool]]
    fallbacks: list[Fallback]
    tools: dict[str, bool]
    messages: list[TemplateMessage]
    variables: list[TemplateVariable]


class TemplateVersionList(Output):
    items: list[TemplateVersion]
    next: str | None


class Member(Output):
    username: str
    role: Literal["viewer", "commenter", "editor", "owner"]


class Project(Output):
    slug: str
    name: str
    description: str
    instructions: str
    role: Literal["viewer", "commenter", "editor", "owner"]
    members: list[Member]
    created_at: datetime
    updated_at: datetime


class ProjectList(Output):
    items: list[Project]
    next: str | None


class UsageSum(Output):
    """`project` is null in none, and of one that the caller does not know; `user` of a removed account."""

    day: date
    user: str | None
    project: str | None
    provider: str
    model: str
    purpose: Literal["reply", "title", "summary", "suggestion"]
    requests: int
    input_tokens: int
    output_tokens: int
    cached_tokens: int
    cache_write_tokens: int
    reasoning_tokens: int
    cost: str
    unknown_costs: int


class UsageList(Output):
    items: list[UsageSum]
    next: str | None


class UsageLimit(Output):
    """`shared`: what all of the group take together, or everybody where there is none.

    Of requests of which no provider told what they took, `cost` and `tokens` hold an estimate.
    """

    period: Literal["day", "month"]
    shared: bool
    group: str | None
    cost_limit: str | None
    token_limit: int | None
    cost: str
    tokens: int
    reached: bool
    starts_anew_at: datetime


class LimitList(Output):
    items: list[UsageLimit]
    next: None


class Embedding(Output):
    """`url` is a path; whoever has it reads the conversation until then."""

    url: str
    expires_at: datetime


class Summary(Output):
    """Of how many messages, up to which, and what a model wrote of them, in Markdown."""

    text: str
    messages: int
    upto_message_id: UUID
    provider: str | None
    model: str | None
    created_at: datetime


class Summarizing(Output):
    """`summary` is the last one that was made; `status` null: none was ever asked for."""

    status: Literal["pending", "running", "complete", "error"] | None
    progress: int
    error: str | None
    summary: Summary | None


class SuggestedTag(Output):
    """`new`: none of one's own conversations has it yet."""

    name: str
    new: bool


class Suggesting(Output):
    """`status` is that of what one asked for last, null: nothing. `title`, `tags`: what came of it."""

    status: Literal["pending", "running", "complete", "error", "cancelled"] | None
    error: str | None
    title: str | None
    tags: list[SuggestedTag] | None


class SentSection(Output):
    """`text` is empty for what is made of messages and for what is kept free."""

    name: str
    title: str
    tokens: int
    text: str
    cut: bool


class SentPrompt(Output):
    """`left_out` says why older messages were: too many, one too large, or the settings say so.

    `parameters` are those of the request itself, by the names of the provider's own API.
    `hidden_tools` are those of servers that are not yours, as somebody else asked.
    """

    provider: str
    model: str
    window: int | None
    estimated_tokens: int
    sections: list[SentSection]
    left_out: Literal["window", "large", "setting"] | None
    message_ids: list[UUID]
    temperature: float | None
    max_tokens: int | None
    options: dict[str, Any]
    parameters: dict[str, Any]
    tools: list[str]
    hidden_tools: int
    sent_at: datetime


class ListedTool(Output):
    """`changes` is the server's own word; with `asks` a person is asked before each call."""

    name: str
    title: str
    description: str
    parameters: dict[str, Any]
    changes: bool
    asks: bool


class ToolSwitch(Output):
    """A server of tools; `default` is whether it is on where nobody says otherwise. “parley” has our own."""

    id: str
    name: str
    own: bool
    on: bool
    default: bool


class ToolServer(ToolSwitch):
    tools: list[ListedTool]


class ToolServerList(Output):
    items: list[ToolServer]
    next: str | None


class ToolSwitchList(Output):
    items: list[ToolSwitch]
    next: str | None


class SearchHit(Output):
    """What was found, and the words around it; `marks` are code points of `snippet`, from and up to.

    `active` is false for what is in another version of the conversation than the one on show.
    """

    kind: Literal["title", "message", "note", "file"]
    session: Session
    message_id: UUID | None
    annotation_id: UUID | None
    role: Literal["user", "assistant", "system", "tool"] | None
    user: str | None
    model: str | None
    snippet: str
    marks: list[tuple[int, int]]
    active: bool
    url: str
    created_at: datetime


class SearchResults(Output):
    """`total` is about how many hits there are, where that can be told."""

    items: list[SearchHit]
    next: str | None
    total: int | None
    ranked: bool


class CommandRun(Output):
    command: str
    detail: str
    session: Session
    messages: list[Message]


class Regenerated(Output):
    """`assistant_messages` are all new replies, where several models were asked; the first is on show."""

    assistant_message: Message
    assistant_messages: list[Message] | None = None


class Cleared(Output):
    messages: int


class Problem(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: dict[str, list[str]] | None = None
