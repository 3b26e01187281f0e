#!/usr/bin/env python
"""Django's command line, with Parley's settings."""

from __future__ import annotations

import gc
import os
import sys

# What is imported stays: looking among it for what may go takes a fifth of a start.
gc.disable()

from django.core.management import ManagementUtility  # noqa: E402
from django.core.management.base import BaseCommand  # noqa: E402


class CommandLine(ManagementUtility):
    def fetch_command(self, subcommand: str) -> BaseCommand:
        command = super().fetch_command(subcommand)
        gc.freeze()
        gc.enable()
        return command


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    CommandLine(sys.argv).execute()
