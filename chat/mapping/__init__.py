"""The map of a conversation: where it forks, and what branched off it, as rows with rails between them."""

from __future__ import annotations

from chat.mapping.picture import Picture, picture_of
from chat.mapping.rails import Row
from chat.mapping.stops import END

__all__ = ["END", "Picture", "Row", "picture_of"]
