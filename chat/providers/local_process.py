"""One run of the local model's process: started, watched, ended. Whoever starts it again is in local."""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
import sys
from asyncio.subprocess import PIPE, Process
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from chat.phrases import Phrase
from chat.providers.contract import ProviderError
from chat.providers.local_file import ModelFile, cannot_run, spare_threads

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "chat.providers.local_model"
# A file of many gigabytes on a slow disk.
LOADING = 300.0
LAST_WORDS = 4096

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class ModelProcess:
    url: str
    key: str
    _process: Process
    _listening: asyncio.Task[None]

    @classmethod
    async def start(cls, file: ModelFile) -> ModelProcess:
        """Returns when the model is loaded; when it is not, raises ProviderError and leaves no process."""
        key = secrets.token_urlsafe(24)
        process = await spawn(file, key)
        last_words = bytearray()
        listening = asyncio.create_task(collect(process, last_words))
        started = cls("", key, process, listening)
        try:
            async with asyncio.timeout(LOADING):
                started.url = await read_address(process)
        except TimeoutError:
            await started.stop()
            raise cannot_run(
                Phrase(
                    "%(model)s was not loaded after %(seconds)s seconds.", model=file.name, seconds=LOADING
                )
            ) from None
        except BaseException:
            await started.stop()
            raise
        if not started.url:
            await started.stop()
            raise why_it_died(process.returncode, file, bytes(last_words))
        logger.info("The local model %s runs as process %s", file.name, process.pid)
        return started

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        return self._process.returncode is None

    async def died_within(self, seconds: float) -> bool:
        """Its connection breaks a moment before the news of its death comes."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), seconds)
        return not self.is_alive

    async def stop(self) -> None:
        """It holds nothing worth a farewell, so it is killed."""
        with suppress(ProcessLookupError):
            self._process.kill()
        await asyncio.shield(self._process.wait())
        await self._listening


async def spawn(file: ModelFile, key: str) -> Process:
    """The key goes through a pipe, since arguments can be read by everyone on the machine.

    The pipe stays open: its end tells the child that we are gone.
    """
    arguments = [str(file.path), "--alias", file.name, "--threads", str(spare_threads())]
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", PROGRAM, *arguments, cwd=ROOT, stdin=PIPE, stdout=PIPE, stderr=PIPE
        )
    except OSError as error:
        raise cannot_run(Phrase("Its process could not be started.")) from error
    assert process.stdin is not None
    with suppress(ConnectionError):
        process.stdin.write(f"{key}\n".encode())
        await process.stdin.drain()
    return process


async def read_address(process: Process) -> str:
    """What the child says once it is ready; nothing when it ended instead."""
    assert process.stdout is not None
    async for line in process.stdout:
        word, _, address = line.decode(errors="replace").strip().partition(" ")
        if word == "READY":
            return address
    await process.wait()
    return ""


async def collect(process: Process, last_words: bytearray) -> None:
    """Reads its log to the end, so that the pipe never fills up, and keeps the tail."""
    assert process.stderr is not None
    while said := await process.stderr.read(LAST_WORDS):
        last_words += said
        del last_words[:-LAST_WORDS]


def why_it_died(returncode: int | None, file: ModelFile, last_words: bytes) -> ProviderError:
    said = last_words.decode(errors="replace")
    logger.error("The local model %s ended while loading (%s):\n%s", file.path, returncode, said)
    if returncode == -signal.SIGILL:
        return cannot_run(Phrase("This processor is too old for it: it needs AVX2."))
    if returncode == -signal.SIGKILL:
        return cannot_run(
            Phrase(
                "%(model)s was killed while loading: it probably needs more memory than there is.",
                model=file.name,
            )
        )
    return cannot_run(Phrase("%(model)s could not be loaded. The server’s log says why.", model=file.name))
