"""The hooks: signatures only. A plugin is a module whose functions of these names bear `@hookimpl`."""

from __future__ import annotations

from collections.abc import Iterable

from pluggy import HookimplMarker, HookspecMarker

hookspec = HookspecMarker("parley")
hookimpl = HookimplMarker("parley")


@hookspec
def slash_commands() -> Iterable[object]:  # type: ignore[empty-body]
    """The commands that the plugin adds, each a `chat.slash.contract.Command`."""


@hookspec
def job_kinds() -> Iterable[object]:  # type: ignore[empty-body]
    """The kinds of background jobs that the plugin does, each a `chat.background.kinds.Kind`."""


@hookspec
def context_sources() -> Iterable[object]:  # type: ignore[empty-body]
    """What the plugin tells models of, each a `chat.generation.context.sections.ContextSource`."""


@hookspec
def api_routers() -> Iterable[tuple[str, str]]:  # type: ignore[empty-body]
    """The routers that the plugin adds to the API: the path below /api, and the dotted name of each."""


@hookspec
def tools() -> Iterable[object]:  # type: ignore[empty-body]
    """The tools that the plugin lets models call, each a `chat.tools.contract.PluginTool`."""
