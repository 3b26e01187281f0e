"""What a model gives a tool, which may be anything: read as JSON, or told so that the model can mend it."""

from __future__ import annotations

import json
from typing import Any

from chat.tools.contract import ToolError

MAX_ARGUMENTS = 1_000_000


def parsed(text: str) -> dict[str, Any]:
    """The arguments as an object; no text at all is one without members. Raises ToolError."""
    if len(text) > MAX_ARGUMENTS:
        raise ToolError(f"The arguments are too long: at most {MAX_ARGUMENTS:,} characters are taken.")
    try:
        values = json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError) as error:
        raise ToolError(f"The arguments are no valid JSON: {error}. Call the tool again with JSON.") from None
    if not isinstance(values, dict):
        raise ToolError("The arguments have to be a JSON object, with the parameters by their names.")
    return values
