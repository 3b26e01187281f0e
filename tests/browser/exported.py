"""Writes conversations as HTML files, to be opened in a browser. Run within a Parley's environment."""

from __future__ import annotations

import sys
from pathlib import Path

from chat.models import Message, Session
from exports.content.transcript import Transcript, not_told
from exports.formats import FORMATS
from exports.options import Options
from tests.browser.hostile import batches
from tests.exports.rich import make_rich_session
from tests.factories import add_message, make_session, make_user

LONG = 104


def main() -> None:
    """The rich one, one of hostile words, and one whose list folds, into the folder that is named."""
    folder = Path(sys.argv[1])
    alice = make_user("alice-who-exports")
    _write(folder / "rich.html", make_rich_session(alice))
    parent: Message | None = None
    hostile = make_session(alice, name=batches(200)[0])
    for text in batches(4000, "\n\n"):
        parent = add_message(hostile, parent, text.replace("\0", ""), model=text[:99])
    _write(folder / "hostile.html", hostile)
    turns = [f"Turn {number}" for number in range(1, LONG + 1)]
    _write(folder / "long.html", make_session(alice, turns))


def _write(path: Path, session: Session) -> None:
    with path.open("wb") as out:
        FORMATS["html"].write(Transcript(session, Options(alternatives=True, reasoning=True)), out, not_told)
