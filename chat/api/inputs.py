"""The bodies and filters that operations take; a field that is not known is refused."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field, Strict, StrictBool, StrictInt

from chat.api.fields import (
    FILLED,
    MAX_INT,
    WHOLE,
    Cursor,
    Day,
    FilledLine,
    InSchema,
    Line,
    ModelName,
    Moment,
    Name,
    Origin,
    ProviderName,
    Slug,
    Tag,
    Text,
    Written,
)
from chat.api.option_inputs import OptionsInput


class Input(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SettingsInput(Input):
    temperature: Annotated[float, Strict(), Field(ge=0, le=2)] | None = None
    max_tokens: Annotated[StrictInt, Field(ge=1, le=MAX_INT), WHOLE] | None = None
    system_prompt: Annotated[Text, Field(max_length=100_000)] = ""
    auto_context: StrictBool = True
    context_window: Annotated[StrictInt, Field(ge=0, le=MAX_INT), WHOLE] | None = Field(
        default=None, description="How many earlier messages to include; null for as many as fit."
    )


class FallbackInput(Input):
    provider: Annotated[ProviderName, Field(min_length=1)]
    model: ModelName = ""


Fallbacks = Annotated[
    list[FallbackInput],
    Field(
        max_length=3, description="Who answers where the model does not, in order; none: as the site has it."
    ),
]


class SessionInput(Input):
    name: Name = ""
    project: Slug | None = Field(
        default=None, description="The project's slug; it is made if nobody has it. Null for none."
    )
    provider: ProviderName | None = None
    model: ModelName | None = None
    settings: SettingsInput = Field(default_factory=lambda: SettingsInput())
    fallbacks: Fallbacks = Field(default_factory=list)
    options: OptionsInput = Field(
        default_factory=OptionsInput, description="The providers’ own, by their kind; null takes one back."
    )


class NewSession(SessionInput):
    template: UUID | None = Field(
        default=None, description="Begins as that template says; what is given beside it stands in its place."
    )
    variables: dict[str, str] = Field(
        default_factory=dict, description="What to fill in in the template; else its defaults."
    )


ToolChoice = Annotated[
    dict[Annotated[str, Field(max_length=40)], StrictBool],
    Field(max_length=200, description="By the `id` of a server of tools: whether it is on."),
]


class SessionToolsInput(Input):
    tools: ToolChoice


class CallInput(Input):
    allow: StrictBool


class TemplateMessageInput(Input):
    role: Literal["user", "assistant"]
    content: Annotated[Text, Field(max_length=100_000, pattern=r"\S"), InSchema(pattern=FILLED)]


class TemplateVariableInput(Input):
    name: Annotated[Line, Field(max_length=40)]
    label: Annotated[Line, Field(max_length=120)] = ""
    default: Annotated[str, Field(max_length=20_000)] = ""
    choices: Annotated[list[Annotated[Line, Field(max_length=200)]], Field(max_length=50)] = Field(
        default_factory=list
    )
    required: StrictBool = True


class TemplateChanges(Input):
    name: Annotated[FilledLine, Field(max_length=120, default_factory=str)]
    description: Annotated[Line, Field(max_length=300)] = ""
    shared: StrictBool = False
    provider: ProviderName | None = None
    model: ModelName | None = None
    settings: SettingsInput = Field(default_factory=lambda: SettingsInput())
    options: OptionsInput = Field(
        default_factory=OptionsInput, description="The providers’ own, by their kind; null takes one back."
    )
    fallbacks: Fallbacks = Field(default_factory=list)
    tools: ToolChoice = Field(default_factory=dict)
    messages: Annotated[list[TemplateMessageInput], Field(max_length=50)] = Field(default_factory=list)
    variables: Annotated[list[TemplateVariableInput], Field(max_length=30)] = Field(default_factory=list)


class TemplateInput(TemplateChanges):
    name: Annotated[FilledLine, Field(max_length=120)]


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


class ModelInput(Input):
    """By whom; without a provider by whom the session has."""

    provider: ProviderName = ""
    model: ModelName = ""


Several = Annotated[list[FallbackInput], Field(min_length=2, max_length=4)]


class RegenerateInput(Input):
    models: Several | None = Field(
        default=None, description="Each of them answers, beside the replies that there are."
    )


class MessageInput(Input):
    """It may have no words where it has attachments."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"properties": {"content": {"pattern": FILLED}}},
                {"properties": {"attachment_ids": {"minItems": 1}}, "required": ["attachment_ids"]},
            ]
        }
    )
    content: Annotated[str, InSchema(maxLength=settings.MESSAGE_MAX_CHARS)]
    attachment_ids: Annotated[list[UUID], Field(max_length=20)] = Field(default_factory=list)
    parent_id: UUID | None = None
    queue: StrictBool = False
    models: Several | None = Field(
        default=None, description="Each of them answers, at the same time; all must be different."
    )


class MessageEditInput(Input):
    content: Written
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
    parents: Annotated[list[Origin], Field(min_length=1, max_length=20)] = Field(
        description="The origins of the pages that may show it, such as “https://wiki.example.org”."
    )
    expires_in: Annotated[StrictInt, Field(ge=1, le=366 * 24 * 3600), WHOLE] = Field(
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

    name: Annotated[FilledLine, Field(max_length=120, default_factory=str)]
    description: Annotated[Text, Field(max_length=1000)] = ""
    instructions: Annotated[Text, Field(max_length=100_000)] = ""


class ProjectValues(ProjectChanges):
    name: Annotated[FilledLine, Field(max_length=120)]


class ProjectInput(ProjectValues):
    slug: Slug | None = Field(default=None, description="Without it, the name makes one.")


class MemberInput(Input):
    role: Literal["viewer", "commenter", "editor", "owner"]


class TemplateMemberInput(Input):
    role: Literal["viewer", "editor"] = Field(
        description="A viewer uses and copies it, an editor also changes it."
    )


class AnnotationInput(Input):
    """On all of the message, or on the passage from `start` to before `end`."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"properties": {"start": {"type": "null"}, "end": {"type": "null"}}},
                {
                    "properties": {"start": {"type": "integer"}, "end": {"type": "integer"}},
                    "required": ["start", "end"],
                },
            ]
        }
    )
    body: Written
    start: Annotated[StrictInt, WHOLE] | None = Field(
        default=None, description="Code points of `content` before the passage."
    )
    end: Annotated[StrictInt, WHOLE] | None = Field(
        default=None, description="Code points of `content` up to its end."
    )


class AnnotationChanges(Input):
    body: Written


class SearchInput(BaseModel):
    q: Annotated[str, Field(max_length=1000)] = Field(
        description='Words, "phrases", -exclusions, and filters: tag: model: provider: project: from: '
        "before: after: role: is: has: in:"
    )
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: Cursor = ""


class UsageFilters(BaseModel):
    first_day: Day | None = Field(default=None, description="Without it, 29 days before the last.")
    last_day: Day | None = Field(default=None, description="Without it, today. Both are included.")
    everybody: bool = Field(default=False, description="Also what others took; for administrators.")
    limit: Annotated[int, Field(ge=1, le=100)] = 25
    cursor: Annotated[Line, InSchema(pattern="^[0-9]*$")] = ""


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
    cursor: Cursor = ""
