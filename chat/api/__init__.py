"""The REST API of the contract: it parses, calls a service, and answers; it decides nothing itself."""

from __future__ import annotations

from chat.api.root import api

__all__ = ["api"]
