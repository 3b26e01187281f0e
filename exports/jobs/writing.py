"""One conversation written in one format, and what is said where that fails."""

from __future__ import annotations

from typing import BinaryIO

import structlog
from django.db import DatabaseError

from chat.background.control import Cancelled, Interrupted
from chat.background.kinds import JobFailed
from chat.background.runner import OUR_FAULT
from chat.models import Session
from chat.phrases import Phrase
from exports.content.transcript import Entry, GoOn, Transcript
from exports.formats.contract import CannotWrite, Format
from exports.options import Options

# Of the message that is named, so that it can be found.
START_CHARS = 40
log = structlog.get_logger(__name__)


def write_document(session: Session, form: Format, options: Options, out: BinaryIO, go_on: GoOn) -> None:
    """One conversation in one format.

    Raises:
        JobFailed: it could not be written: which message is at fault, and what to do.
        BadValue: the range that the options name is none of this conversation any more.
    """
    transcript = Transcript(session, options)
    try:
        form.write(transcript, out, go_on)
    except CannotWrite as trouble:
        raise JobFailed(trouble.words) from trouble
    except (Cancelled, Interrupted, JobFailed, OSError, DatabaseError):
        raise
    except Exception as error:
        at = transcript.at
        log.exception("export.document_failed", format=form.name, message=str(at.message.pk) if at else None)
        raise JobFailed(_unwritable(at) if at else OUR_FAULT) from error


def _unwritable(entry: Entry) -> Phrase:
    return Phrase(
        "Message %(number)s, which begins “%(start)s”, could not be written. It has been logged. "
        "Leave it out with a range, or choose another format.",
        number=entry.number,
        start=" ".join(entry.text.split())[:START_CHARS],
    )
