"""Who is plugged in: the built-ins by name, then what is installed beside us (entry points "parley")."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points

import structlog
from pluggy import PluginManager

from chat.plugins import hookspecs

GROUP = "parley"
BUILT_INS = (
    "chat.generation.extras.making",
    "chat.generation.summarising.making",
    "chat.services.imports",
    "chat.slash.branch",
    "chat.slash.clear",
    "chat.slash.compare",
    "chat.slash.duplicate",
    "chat.slash.help",
    "chat.slash.map",
    "chat.slash.merge",
    "chat.slash.model",
    "chat.slash.new",
    "chat.slash.rename",
    "chat.slash.retry",
    "chat.slash.stop",
    "chat.slash.temporary",
    "chat.toolbox.clock",
    "chat.toolbox.conversations",
    "exports.plugin",
)
log = structlog.get_logger(__name__)


@cache
def manager() -> PluginManager:
    """The hooks with all that is plugged into them; what cannot be loaded is left out, and logged."""
    plugged = PluginManager("parley")
    plugged.add_hookspecs(hookspecs)
    for name in BUILT_INS:
        plugged.register(import_module(name), name)
    for point in entry_points(group=GROUP):
        try:
            plugged.register(point.load(), point.name)
        except Exception:
            log.exception("plugin.not_loaded", plugin=point.name)
    return plugged
