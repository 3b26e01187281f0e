"""The options of each kind of provider as a body has them, made of what `chat.providers.options` lists."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, Strict, StrictBool, StrictInt, create_model

from chat.api.fields import WHOLE
from chat.providers.option import Option
from chat.providers.options import OPTIONS


def _type_of(option: Option) -> Any:
    match option.type:
        case "choice":
            return Literal[tuple(choice.value for choice in option.choices)]
        case "switch":
            return StrictBool
        case "integer":
            return Annotated[StrictInt, Field(ge=int(option.minimum), le=int(option.maximum)), WHOLE]
        case "number":
            return Annotated[float, Strict(), Field(ge=option.minimum, le=option.maximum)]


def _kind_model(kind: str, options: tuple[Option, ...]) -> type[BaseModel]:
    """Null takes an option back."""
    fields: dict[str, Any] = {
        option.name: (_type_of(option) | None, Field(default=None, description=str(option.help)))
        for option in options
    }
    return create_model(f"{kind.capitalize()}Options", __config__=ConfigDict(extra="forbid"), **fields)


def _options_model() -> type[BaseModel]:
    models = {kind: _kind_model(kind, options) for kind, options in OPTIONS.items() if options}
    fields: dict[str, Any] = {kind: (model, Field(default_factory=model)) for kind, model in models.items()}
    return create_model("OptionsInput", __config__=ConfigDict(extra="forbid"), **fields)


OptionsInput: Any = _options_model()
