"""What the API's calls about exports take and answer, for the schema and its checks."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StrictBool, StrictInt

from chat.api.fields import WHOLE, InSchema, Line
from chat.api.inputs import Input
from chat.api.outputs import Output
from exports.models import LONGEST_LINK
from exports.options import BAD_LANGUAGE, LANGUAGE, LEVELS, Options


def _demand_language(name: str) -> str:
    if not re.fullmatch(LANGUAGE, name):
        raise ValueError(BAD_LANGUAGE)
    return name


LONGEST_SECONDS = int(LONGEST_LINK.total_seconds())
FormatName = Literal["markdown", "json", "text", "html", "pdf", "docx"]
LanguageName = Annotated[
    Line, Field(max_length=40), AfterValidator(_demand_language), InSchema(pattern=LANGUAGE)
]
Status = Literal["pending", "running", "complete", "error", "cancelled"]


class ExportOptions(Input):
    """What is left out is as the format has it. One that means nothing to a format changes nothing there."""

    timestamps: StrictBool | None = Field(default=None, description="When each message was written.")
    metadata: StrictBool | None = Field(
        default=None, description="What the conversation is: project, models, dates, tags, counts."
    )
    heading_level: Annotated[StrictInt, Field(ge=LEVELS[0], le=LEVELS[-1]), WHOLE] | None = Field(
        default=None, description="Of the title; what the document holds goes further down."
    )
    code_language: LanguageName | None = Field(
        default=None, description=f"Of code blocks that name none (Markdown). {BAD_LANGUAGE}"
    )
    from_message_id: UUID | None = Field(default=None, description="The first message; it is in it.")
    to_message_id: UUID | None = Field(default=None, description="The last message; it is in it.")
    message_ids: Annotated[list[UUID], Field(max_length=1000)] | None = Field(
        default=None, description="These messages alone."
    )
    system: StrictBool | None = Field(default=None, description="Lines of the system.")
    tools: StrictBool | None = Field(default=None, description="Messages, calls and results of tools.")
    reasoning: StrictBool | None = Field(
        default=None, description="What models thought before they answered."
    )
    alternatives: StrictBool | None = Field(
        default=None, description="All versions of edited messages and repeated replies."
    )
    annotations: StrictBool | None = Field(default=None, description="Notes and reactions.")

    def chosen(self) -> Options:
        """With what was left out as it is by default."""
        given = {name: value for name, value in self.model_dump().items() if value is not None}
        if "message_ids" in given:
            given["message_ids"] = tuple(given["message_ids"])
        return Options(**given)


class ExportInput(Input):
    format: FormatName
    options: ExportOptions = Field(default_factory=lambda: ExportOptions())


class BulkExportInput(Input):
    session_ids: list[UUID]
    format: Literal[FormatName, "all"]
    options: ExportOptions = Field(default_factory=lambda: ExportOptions())


class ExportLinkInput(Input):
    expires_in: Annotated[StrictInt, Field(ge=1, le=LONGEST_SECONDS), WHOLE] = Field(
        default=24 * 3600, description="Seconds. It ends with the file at the latest."
    )


class ExportLink(Output):
    """`url` is a path; whoever has it downloads the file until then. `downloads` are those by this link."""

    url: str
    expires_at: datetime
    downloads: int


class Export(Output):
    """`url` is a path, null until the file is complete; after `expires_at` the file is gone."""

    id: UUID
    status: Status
    progress: int
    format: Literal[FormatName, "all"]
    session_ids: list[UUID]
    name: str
    size: int | None
    url: str | None
    error: str | None
    failed: int
    created_at: datetime
    ended_at: datetime | None
    expires_at: datetime | None
    link: ExportLink | None


class ExportList(Output):
    items: list[Export]
    next: str | None
