"""What the model sees: sections in a fixed order, then as much of the path as its window holds."""

from __future__ import annotations

from chat.generation.context.making import Given, prompt_for
from chat.generation.context.path import messages_with_files

__all__ = ["Given", "messages_with_files", "prompt_for"]
