"""The bodies and filters that operations take; a field that is not known is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, StrictBool, StrictInt

from chat.text import clean_text

# What the columns can hold: a 32-bit integer.
MAX_INT = 2**31 - 1


def _without_controls(text: str) -> str:
    if clean_text(text) != text or "\n" in text:
        raise ValueError("This may not hold control characters or line breaks")
    return text


def _in_utc(moment: datetime) -> datetime:
    """The moment in UTC; one without a zone is meant so."""
    try:
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("This is too far from now") from error


Line = Annotated[str, AfterValidator(_without_controls)]
Name = Annotated[Line, Field(max_length=200)]
ProviderName = Annotated[Line, Field(max_length=80)]
ModelName = Annotated[Line, Field(max_length=200)]
Slug = Annotated[Line, Field(min_length=1, max_length=80)]
Tag = Annotated[Line, Field(min_length=1, max_length=60, pattern=r"\S")]
Moment = Annotated[datetime, AfterValidator(_in_utc)]


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SettingsInput(Input):
    temperature: Annotated[float, Strict(), Field(ge=0, le=2)] | None = None
    max_tokens: Annotated[StrictInt, Field(ge=1, le=MAX_INT)] | None = None
    system_prompt: Annotated[str, AfterValidator(clean_text), Field(max_length=100_000)] = ""
    auto_context: StrictBool = True
    context_window: Annotated[StrictInt, Field(ge=0, le=MAX_INT)] | None = Field(
        default=None, description="How many earlier messages to include; null for as many as fit."
    )


class SessionInput(Input):
    name: Name = ""
    project: Slug | None = Field(
        default=None, description="The project's slug; it is made if nobody has it. Null for none."
    )
    provider: ProviderName | None = None
    model: ModelName | None = None
    settings: SettingsInput = Field(default_factory=lambda: SettingsInput())


class NewSession(SessionInput):
    template: UUID | None = Field(
        default=None, description="Begins as that template says; what is given beside it stands in its place."
    )
    variables: dict[str, str] = Field(
        default_factory=dict, description="What to fill in in the template; else its defaults."
    )


class TemplateMessage(Input):
    role: Literal["user", "assistant"]
    content: Annotated[str, AfterValidator(clean_text), Field(max_length=100_000, pattern=r"\S")]


class TemplateVariable(Input):
    name: Annotated[Line, Field(max_length=40)]
    label: Annotated[Line, Field(max_length=120)] = ""
    default: Annotated[str, Field(max_length=20_000)] = ""
    choices: Annotated[list[Annotated[Line, Field(max_length=200)]], Field(max_length=50)] = Field(
        default_factory=list
    )
    required: StrictBool = True


class TemplateChanges(Input):
    name: Annotated[Line, Field(max_length=120, pattern=r"\S")] = ""
    description: Annotated[Line, Field(max_length=300)] = ""
    shared: StrictBool = False
    provider: ProviderName | None = None
    model: ModelName | None = None
    settings: SettingsInput = Field(default_factory=lambda: SettingsInput())
    messages: Annotated[list[TemplateMessage], Field(max_length=50)] = Field(default_factory=list)
    variables: Annotated[list[TemplateVariable], Field(max_length=30)] = Field(default_factory=list)


class TemplateInput(TemplateChanges):
    name: Annotated[Line, Field(max_length=120, pattern=r"\S")]


class SessionChanges(SessionInput):
    """PUT sets what is left out to its default; PATCH leaves it as it is."""

    starred: StrictBool = False
    archived: StrictBool = False
    tags: Annotated[list[Tag], Field(max_length=50)] = Field(default_factory=list)


class BranchInput(Input):
    from_message_id: UUID | None = Field(
        default=None, description="The last message that comes along; without it, all do."
    )


class MergeInput(Input):
    source_id: UUID = Field(description="The session whose own part is appended.")


class UndoMergeInput(Input):
    source_id: UUID | None = Field(
        default=None, description="Whose merge is taken back; without it, the last one."
    )


class MessageInput(Input):
    content: str
    attachment_ids: Annotated[list[UUID], Field(max_length=20)] = Field(default_factory=list)
    parent_id: UUID | None = None
    queue: StrictBool = False


class MessageEditInput(Input):
    content: str
    resend: StrictBool = Field(default=False, description="Send it again as a sibling, and have it answered.")


class TextPart(Input):
    type: Literal["text", "reasoning"]
    state: Literal["pending", "running", "complete", "error"] = "complete"
    text: str


class ToolPart(BaseModel):
    """Whatever else the tool has to say is kept as it comes."""

    model_config = ConfigDict(extra="allow")
    type: Literal["tool-call", "tool-result"]
    state: Literal["pending", "running", "complete", "error"] = "complete"
    name: Annotated[Line, Field(max_length=200)] = ""


class PartsInput(Input):
    role: Literal["user", "assistant", "system", "tool"]
    parts: Annotated[
        list[Annotated[TextPart | ToolPart, Field(discriminator="type")]], Field(min_length=1, max_length=200)
    ]
    visibility: Literal["shown", "hidden", "internal"] = Field(
        default="shown", description="hidden: for models, not for people; internal: for programs alone."
    )


class EmbedInput(Input):
    parents: Annotated[list[Annotated[Line, Field(max_length=300)]], Field(min_length=1, max_length=20)] = (
        Field(description="The origins of the pages that may show it, such as “https://wiki.example.org”.")
    )
    expires_in: Annotated[StrictInt, Field(ge=1, le=366 * 24 * 3600)] = Field(
        default=3600, description="Seconds."
    )


class ThreadInput(Input):
    """What the conversation begins with, if it is made now."""

    name: Name = ""
    provider: ProviderName | None = None
    model: ModelName | None = None
    settings: SettingsInput = Field(default_factory=lambda: SettingsInput())


class ProjectChanges(Input):
    """PUT sets what is left out to its default; PATCH leaves it as it is."""

    name: Annotated[Line, Field(max_length=120, pattern=r"\S")] = ""
    description: Annotated[str, AfterValidator(clean_text), Field(max_length=1000)] = ""
    instructions: Annotated[str, AfterValidator(clean_text), Field(max_length=100_000)] = ""


class ProjectValues(ProjectChanges):
    name: Annotated[Line, Field(max_length=120, pattern=r"\S")]


class ProjectInput(ProjectValues):
    slug: Slug | None = Field(default=None, description="Without it, the name makes one.")


class MemberInput(Input):
    role: Literal["viewer", "commenter", "editor", "owner"]


class TemplateMemberInput(Input):
    role: Literal["viewer", "editor"] = Field(
        description="A viewer uses and copies it, an editor also changes it."
    )


class AnnotationInput(Input):
    body: str
    start: StrictInt | None = Field(default=None, description="Code points of `content` before the passage.")
    end: StrictInt | None = Field(default=None, description="Code points of `content` up to its end.")


class AnnotationChanges(Input):
    body: str


class SearchInput(BaseModel):
    q: Annotated[str, Field(max_length=1000)] = Field(
        description='Words, "phrases", -exclusions, and filters: tag: model: provider: project: from: '
        "before: after: role: is: has: in:"
    )
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Line = Field(default="", description="`next` of the page before.")


class SessionFilters(BaseModel):
    q: Line = Field(
        default="",
        description="A part of the name, or what is found in the session, as `/api/chat/search` takes it.",
    )
    tag: Line = ""
    starred: bool | None = None
    archived: bool | None = None
    provider: Line = ""
    model: Line = ""
    project: Line = ""
    scope_type: Line = ""
    scope_id: Line = ""
    updated_after: Moment | None = None
    updated_before: Moment | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 25
    cursor: Line = Field(default="", description="`next` of the page before.")
