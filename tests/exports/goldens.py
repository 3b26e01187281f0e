"""Documents to compare with golden files: all of the rich conversation, and as little as there may be."""

from __future__ import annotations

import io
from datetime import timedelta

from chat.models import Annotation, Session, User
from exports.content.transcript import Transcript
from exports.formats import FORMATS
from exports.options import Options
from tests.exports.rich import BEGUN, make_rich_session

EVERYTHING = Options(alternatives=True, reasoning=True)
LITTLE = Options(timestamps=False, metadata=False, system=False, tools=False, annotations=False)


def written(session: Session, name: str, options: Options) -> bytes:
    out = io.BytesIO()
    FORMATS[name].write(Transcript(session, options), out, lambda _share: None)
    return out.getvalue()


def made_of_the_rich_one(owner: User, name: str, options: Options) -> bytes:
    session = make_rich_session(owner)
    Annotation.objects.update(created_at=BEGUN + timedelta(minutes=13))
    return written(session, name, options)
