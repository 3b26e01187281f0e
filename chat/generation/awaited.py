"""What a reply answers, with its files; for those that are still being read it waits, and says so."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from uuid import UUID

from chat.generation import context, extracts
from chat.generation.attached import Files, files_of
from chat.generation.fetching import with_files
from chat.generation.given import plan as plan_for
from chat.generation.reply import Reply
from chat.generation.waiting import note_waiting
from chat.phrases import Phrase
from chat.providers.contract import Turn
from chat.providers.facts import Facts
from chat.threads import read, write

# Longer than a file may take, and than one that is read before it.
PATIENCE_SECONDS = 90.0
LOOK_SECONDS = 0.1
# A file is read in a quarter of a second as a rule: nobody has to be told.
QUIET_SECONDS = 0.5
READING = Phrase("Reading the attached files…")


async def turns_with_files(reply: Reply, facts: Facts, window: int | None) -> tuple[Turn, ...]:
    """What goes to a model with that window which can do that; on the reply it is noted how files did."""
    assignment = reply.assignment
    newest_first = [turn.message_id for turn in reversed(assignment.turns) if turn.message_id is not None]
    files = await files_for(reply, newest_first)
    room = context.room_for_files(window, assignment.max_tokens)
    plan = plan_for(files, newest_first, facts, room=room)
    turns = context.fit(assignment.turns, window=window, max_tokens=assignment.max_tokens, plan=plan)
    reply.message.files_given = [
        one.as_json() for turn in turns if turn.message_id for one in plan.given.get(turn.message_id, ())
    ]
    return await read(with_files, turns, plan) if reply.message.files_given else turns


async def files_for(reply: Reply, messages: Collection[UUID]) -> Files:
    """The files of those messages when they have been read; one that takes too long stays unread."""
    files = await read(files_of, messages)
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
