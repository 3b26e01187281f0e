"""What axe has to say of a page, a line for each thing. The page's script is not concerned."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

SCRIPT = Axe().axe_script
# Only the violations cross over to Python: with all that is well it takes four times the work.
RUN = """async ([within, options]) =>
  (await axe.run(within || document, {...options, resultTypes: ['violations']})).violations"""


def faults(
    page: Page, *, within: str = "", only: Collection[str] = (), excused: Collection[str] = ()
) -> list[str]:
    """`within` a selector; `only` some tags or rules, else all rules on by default; `excused` rules."""
    options: dict[str, Any] = {"runOnly": list(only)} if only else {}
    if not page.evaluate("typeof window.axe?.run === 'function'"):  # a document needs it once
        page.evaluate(SCRIPT)
    return [
        f"{found['id']}: {node['html'][:180]} {node.get('failureSummary', '')[:300]}"
        for found in page.evaluate(RUN, [within, options])
        if found["id"] not in excused
        for node in found["nodes"]
    ]
