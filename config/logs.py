"""How loud a log line is."""

from __future__ import annotations

import logging


class RefusedRequest(logging.Filter):
    """A warning without a trace: anybody can send such a request, and nothing here is at fault."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.levelno, record.levelname = logging.WARNING, logging.getLevelName(logging.WARNING)
        record.exc_info = record.exc_text = None
        return True
