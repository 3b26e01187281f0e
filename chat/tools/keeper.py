"""Runs a server of tools and ends it with us, however we end. It is a program: nothing of ours is imported.

Its group is its own. The pipe named by the first argument ends when the process that started it does, also
when that was killed; then the whole group is.
"""

from __future__ import annotations

import os
import signal
import sys
from threading import Thread


def main() -> None:
    lifeline, command = int(sys.argv[1]), sys.argv[2:]
    os.set_inheritable(lifeline, False)  # noqa: FBT003
    try:
        child = os.posix_spawnp(command[0], command, os.environ)
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")
    signal.signal(signal.SIGTERM, lambda *_: None)  # it is for the child, whose end is waited for
    # Whoever listens shall learn of the child's end, not of ours.
    os.close(0)
    os.close(1)
    Thread(target=end_with, args=(lifeline,), daemon=True).start()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    os.killpg(0, signal.SIGTERM)  # what the child began and left
    os._exit(code if code >= 0 else 128 - code)


def end_with(lifeline: int) -> None:
    os.read(lifeline, 1)
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
