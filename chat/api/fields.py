"""The kinds of values that bodies, filters and paths hold, and what the schema says of each."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated, Any

from django.conf import settings
from ninja import Query
from pydantic import AfterValidator, BeforeValidator, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from chat.text import clean_text

# What the columns can hold: a 32-bit integer.
MAX_INT = 2**31 - 1
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class InSchema:
    """What the schema says of a value; another validator checks it, in better words."""

    def __init__(self, **said: Any) -> None:
        self.said = said

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(core), **self.said}


# In the dialect of JSON Schema. Tabs may be in a line.
_ONE = r"[^\x00-\x08\x0a-\x1f\x7f]"
_SEEN = r"[^\s\x00-\x1f\x7f\u0085]"
LINE = f"^{_ONE}*$"
FILLED_LINE = f"^{_ONE}*{_SEEN}{_ONE}*$"
FILLED = _SEEN
SLUG = "^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$"
ORIGIN = r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$"


def _without_controls(text: str) -> str:
    if clean_text(text) != text or "\n" in text:
        raise ValueError("This may not hold control characters or line breaks")
    return text


def _with_a_date(moment: Any) -> Any:
    """pydantic takes numbers for seconds since 1970, and of these nobody said a word."""
    if isinstance(moment, str) and not _DATE.match(moment):
        raise ValueError("This is not a time as ISO 8601 has it")
    return moment


def _in_utc(moment: datetime) -> datetime:
    """The moment in UTC; one without a zone is meant so."""
    try:
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except OverflowError as error:
        raise ValueError("This is too far from now") from error


def _whole(value: Any) -> Any:
    """To JSON 1.0 is an integer."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


Line = Annotated[str, AfterValidator(_without_controls), InSchema(pattern=LINE)]
FilledLine = Annotated[Line, Field(pattern=r"\S"), InSchema(pattern=FILLED_LINE)]
# What people are to read: how long it may be is a setting, and that it is not blank is told as 400.
Written = Annotated[str, InSchema(pattern=FILLED, maxLength=settings.MESSAGE_MAX_CHARS)]
Text = Annotated[str, AfterValidator(clean_text)]
Name = Annotated[Line, Field(max_length=200)]
ProviderName = Annotated[Line, Field(max_length=80)]
ModelName = Annotated[Line, Field(max_length=200)]
Slug = Annotated[Line, Field(min_length=1, max_length=80), InSchema(pattern=SLUG)]
Origin = Annotated[Line, Field(max_length=300), InSchema(pattern=ORIGIN)]
Tag = Annotated[Line, Field(min_length=1, max_length=60, pattern=r"\S"), InSchema(pattern=FILLED_LINE)]
Day = Annotated[date, BeforeValidator(_with_a_date)]
Moment = Annotated[datetime, BeforeValidator(_with_a_date), AfterValidator(_in_utc)]
# Of a strict integer; it stands last, so that the schema keeps the bounds.
WHOLE = BeforeValidator(_whole)
Cursor = Annotated[Line, InSchema(pattern="^[A-Za-z0-9_-]*$")]
# How many of a list come at once.
Limit = Annotated[int, Query(ge=1, le=100)]
