"""Restores that are killed on their way; to be run within a Parley: see `test_killed_restores`.

Each dies by itself at another place, so that none is missed as a machine is quick or slow. Forks spare the
start of Django for each.
"""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from pathlib import Path
from typing import Any, cast

import django
from django.db import connection

django.setup()

from django.conf import settings  # noqa: E402

from chat.backups import make_backup, restore_backup, sqlite  # noqa: E402
from chat.models import Attachment, Extract, Message, Session, User  # noqa: E402
from tests.chat.backups.filled import files, fill, rows  # noqa: E402
from tests.factories import make_attachment, make_session  # noqa: E402

State = tuple[dict[str, list[str]], dict[str, bytes]]


def main() -> None:
    """Print how often the old was found after a kill, and how often the new."""
    kills = int(sys.argv[1])
    sqlite.PAGES = 32
    alice = User.objects.get(username="alice")
    new, old = Path(settings.PARLEY_DATA, "new.zip"), Path(settings.PARLEY_DATA, "old.zip")
    fill(alice)
    make_backup(path=new, tell=lambda *_: None)
    is_new = state()
    change(alice)
    make_backup(path=old, tell=lambda *_: None)
    is_old = state()
    steps = count_steps(new)
    found: Counter[str] = Counter()
    now = is_new
    for number in range(kills):
        if now != is_old:
            restore_backup(path=old, tell=lambda *_: None)
            assert state() == is_old
        die_at(steps * (number + 1) // kills, new)
        now = state()
        assert now in (is_old, is_new)
        found["new" if now == is_new else "old"] += 1
    restore_backup(path=new, tell=lambda *_: None)
    assert state() == is_new
    assert files() == is_new[1]
    print(f"old {found['old']} new {found['new']}")


def change(alice: User) -> None:
    """Other rows and other files, and so many that a part of them would not look like all."""
    Session.objects.filter(name="Hafen").delete()
    for number in range(20):
        session = make_session(alice, [f"{number}.{turn} " * 40 for turn in range(20)])
        make_attachment(alice, message=Message.objects.filter(session=session)[0], content=b"%d" % number)


def state() -> State:
    """All rows, and the bytes of all files that they name; others do no harm."""
    named = {
        *Attachment.objects.values_list("file", flat=True),
        *Extract.objects.values_list("picture", flat=True),
    }
    return rows(), {name: data for name, data in files().items() if name in named}


def count_steps(path: Path) -> int:
    steps = 0

    def count(*_: Any) -> None:
        nonlocal steps
        steps += 1

    restore_backup(path=path, tell=count)
    return steps


def die_at(step: int, path: Path) -> None:
    """In a process of its own."""
    connection.close()
    if connection.vendor == "postgresql":
        cast(Any, connection).close_pool()
    child = os.fork()
    if not child:
        steps = 0

        def count(*_: Any) -> None:
            nonlocal steps
            steps += 1
            if steps == step:
                os.kill(os.getpid(), signal.SIGKILL)

        restore_backup(path=path, tell=count)
        os._exit(0)
    _child, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), status


if __name__ == "__main__":
    main()
