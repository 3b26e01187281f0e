"""The files of what a reply answers; for those that are still being read it waits, and says so."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from uuid import UUID

from chat.generation import extracts
from chat.generation.attached import Files, files_of
from chat.generation.reply import Reply
from chat.generation.waiting import note_waiting
from chat.phrases import Phrase
from chat.threads import read, write

# Longer than a file may take, and than one that is read before it.
PATIENCE_SECONDS = 90.0
LOOK_SECONDS = 0.1
# A file is read in a quarter of a second as a rule: nobody has to be told.
QUIET_SECONDS = 0.5
READING = Phrase("Reading the attached files…")


async def files_for(reply: Reply, messages: Collection[UUID]) -> Files:
    """The files of those messages when they have been read; one that takes too long stays unread."""
    files = await read(files_of, messages) if messages else {}
    waiting = {file.stored: file for each in files.values() for file in each if file.waits}
    if not waiting:
        return files
    await write(extracts.begin, {name: file.reader for name, file in waiting.items()})
    await _wait(reply, list(waiting))
    return await read(files_of, list(files))


async def _wait(reply: Reply, names: Collection[str]) -> None:
    begun = time.monotonic()
    is_told = False
    while not await read(extracts.are_ready, names):
        passed = time.monotonic() - begun
        if passed > PATIENCE_SECONDS:
            return
        if passed > QUIET_SECONDS and not is_told:
            is_told = True
            await write(note_waiting, reply, READING)
        await asyncio.sleep(LOOK_SECONDS)
