"""The process that holds the local model: llama.cpp's HTTP server, on loopback, while its parent lives.

Run by local_process with the API key on standard input; `manage.py local_model` runs the same by hand.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import signal
import sys
import threading
from dataclasses import dataclass

SLOTS = 2
CONTEXT = 4096
PR_SET_PDEATHSIG = 1
# Prompts of slots that others took over, kept to be read faster again; llama.cpp would keep 8 GB of them.
PROMPT_CACHE_MB = 64


@dataclass(frozen=True, slots=True)
class Served:
    path: str
    alias: str
    key: str = ""
    threads: int = 1
    port: int = 0


def serve(served: Served) -> str:
    """Loads the model and returns the address; the server runs in threads of its own."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = served.path
    params.model_alias = {served.alias}
    params.api_keys = [served.key] if served.key else []
    params.hostnames = ["127.0.0.1"]
    params.port = served.port
    params.n_parallel = SLOTS
    params.n_ctx = CONTEXT * SLOTS
    params.cache_ram_mib = PROMPT_CACHE_MB
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = served.threads
    params.use_jinja = True
    params.ui = False
    params.verbosity = 1
    # Of the settings tried on the bundled model these answer best: a warmer one talks nonsense, and a plain
    # penalty on repeated words forbids those of the question. DRY stops endless loops alone.
    params.sampling.temp = 0.2
    params.sampling.top_p = 0.9
    params.sampling.dry_multiplier = 0.8
    params.sampling.dry_allowed_length = 3
    server = xllamacpp.Server(params)
    _running.append(server)
    return str(server.listening_address)


# A server that nobody holds is ended by the garbage collector.
_running: list[object] = []


def die_with_parent() -> None:
    """At once on Linux; elsewhere when standard input ends, as it does when the parent dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_watch_input, daemon=True).start()


def _watch_input() -> None:
    while os.read(0, 1024):
        pass
    os._exit(0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path")
    parser.add_argument("--alias", required=True)
    parser.add_argument("--threads", type=int, required=True)
    given = parser.parse_args()
    key = sys.stdin.readline().strip()
    die_with_parent()
    # The page and the database go first: a slower model is noticed less than a page that hangs.
    os.nice(5)
    address = serve(Served(given.path, given.alias, key, given.threads))
    print("READY", address, flush=True)
    signal.sigwait({signal.SIGINT, signal.SIGTERM})
    os._exit(0)


if __name__ == "__main__":
    main()
