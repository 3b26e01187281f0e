"""Golden files: what a format makes of the rich conversation, byte for byte.

`GOLDEN=1` writes them anew; then read what has changed before it is committed.
"""

from __future__ import annotations

import io
import os
from datetime import timedelta
from pathlib import Path

from chat.models import Annotation, Session, User
from exports.formats import FORMATS
from exports.options import Options
from exports.transcript import Transcript
from tests.exports.rich import BEGUN, make_rich_session

FOLDER = Path(__file__).parent / "golden"
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


def assert_golden(content: bytes, name: str) -> None:
    path = FOLDER / name
    if os.environ.get("GOLDEN"):
        path.write_bytes(content)
    assert content.decode() == path.read_bytes().decode()
