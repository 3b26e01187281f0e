"""Importing this imports the libraries that take most of a server's start, and that ask for no settings.

A process that has them in memory is what `tests.nursery` forks others from.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module

from django.conf import settings

# Twisted's reactor is not among them: each server has its own.
LIBRARIES = """
    autobahn.twisted.websocket channels.routing cryptography.fernet daphne.http_protocol dj_database_url
    django.core.handlers.asgi django.core.management.commands.migrate django.db.backends.sqlite3.base
    django.db.migrations django.db.models django.forms django.middleware.locale django.template.defaulttags
    django.test django.views.generic emoji environs genai_prices.update_prices ijson.backends.yajl2_c
    latex2mathml.converter lxml.etree manage markdown orjson PIL.ImageOps pluggy prometheus_client
    pydantic.networks servestatic.asgi structlog.stdlib twisted.internet.asyncioreactor uuid_utils wcwidth
"""

for name in LIBRARIES.split():
    import_module(name)
# `manage` has switched it off, for as long as it takes to import all.
gc.collect()
gc.freeze()
gc.enable()
assert not settings.configured
assert "twisted.internet.reactor" not in sys.modules
