"""Static files, as they are served ahead of Django."""

from __future__ import annotations

import json
import re
import struct
from pathlib import Path
from typing import Any

from asgiref.sync import async_to_sync
from django.conf import settings as settings_module
from pytest_django import Settings

from config.bundles import sources
from config.settings import STATICFILES_FINDERS, STORAGES
from config.static import collect_static_files, with_static_files


async def behind(_scope: Any, _receive: Any, send: Any) -> None:
    """What answers where there is no static file."""
    await send({"type": "http.response.start", "status": 404, "headers": []})


def status_of(path: str) -> int:
    statuses: list[int] = []

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b""}
    async_to_sync(with_static_files(behind))(scope, None, send)
    return statuses[0]


def test_the_files_are_served_and_the_stamp_is_not(settings: Settings, tmp_path: Path) -> None:
    root = tmp_path / "data" / "static"
    settings.STATIC_ROOT = root
    collect_static_files()
    assert status_of("/static/site.webmanifest") == 200
    stamp = root.with_name("static.fingerprint")
    assert stamp.exists()
    assert not list(root.rglob("*fingerprint*"))
    assert status_of("/static/.fingerprint") == 404
    assert status_of("/static/../static.fingerprint") == 404


def test_the_same_files_are_collected_once(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path / "static"
    collect_static_files()
    (tmp_path / "static" / "site.webmanifest").unlink()
    collect_static_files()
    assert status_of("/static/site.webmanifest") == 404
    (tmp_path / "static.fingerprint").write_text("of another version")
    collect_static_files()
    assert status_of("/static/site.webmanifest") == 200


def test_a_page_has_one_stylesheet_and_one_module(settings: Settings, tmp_path: Path) -> None:
    settings.STATIC_ROOT = tmp_path / "static"
    collect_static_files()
    styles = (tmp_path / "static" / "css" / "parley.css").read_text()
    module = (tmp_path / "static" / "js" / "parley.js").read_text()
    assert styles.startswith("@layer tokens, base,")
    for name in ("base", "messages", "prose"):
        assert spoken(Path(settings.BASE_DIR) / "static" / "css" / f"{name}.css") in styles
    for name in ("shared", "composer", "frames"):
        assert spoken(Path(settings.BASE_DIR) / "static" / "js" / f"{name}.js") in module
    assert not re.search(r"^\s*(//|/\*)|^[ \t]", styles + module, re.MULTILINE)


def test_what_pages_ask_for_is_compressed_and_the_parts_of_a_bundle_stay_away(
    settings: Settings, tmp_path: Path
) -> None:
    settings.STATIC_ROOT = root = tmp_path / "static"
    settings.STORAGES = STORAGES
    settings.STATICFILES_FINDERS = STATICFILES_FINDERS[::2]  # none of other packages
    collect_static_files()
    compressed = {path.name for path in root.rglob("*.br")}
    assert any(re.fullmatch(r"parley\.[0-9a-f]{12}\.js\.br", name) for name in compressed)
    assert "parley.js.br" not in compressed
    assert {path.name.split(".")[0] for path in (root / "js").iterdir()} == {"parley"}


def test_no_literal_goes_over_several_lines() -> None:
    """A bundle takes away what a line begins with, which would be a part of it."""
    for file in sources("js"):
        odd = [line for line in file.read_text().splitlines() if line.count("`") % 2]
        assert odd == [], file


def spoken(file: Path) -> str:
    """What of a source a bundle has: no comment that stands alone, and no indentation."""
    lines = (
        line.strip() for line in re.sub(r"(?s)^\s*/\*.*?\*/$", "", file.read_text(), flags=re.M).splitlines()
    )
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def test_the_app_can_be_installed() -> None:
    """With a name, a start, PNG icons of 192 and 512 pixels, and one that may be masked."""
    static = Path(settings_module.BASE_DIR) / "static"
    manifest = json.loads((static / "site.webmanifest").read_text())
    assert {"name", "short_name", "id", "start_url", "theme_color", "background_color"} <= set(manifest)
    assert manifest["display"] == "standalone"
    purposes = set()
    for icon in manifest["icons"]:
        file = static / icon["src"].removeprefix("/static/")
        if icon["type"] == "image/png":
            assert png_size(file) == icon["sizes"]
            purposes.add((icon["sizes"], icon["purpose"]))
        assert file.exists()
    assert {("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")} <= purposes


def png_size(path: Path) -> str:
    width, height = struct.unpack(">II", path.read_bytes()[16:24])
    return f"{width}x{height}"


def test_no_style_of_what_is_around_a_text_looks_for_what_is_in_it() -> None:
    """With each token of a reply the browser would find the styles of the whole conversation anew."""
    rules = "\n".join(path.read_text() for path in sources("css"))
    around = (
        r"(?:\.(?:pane|conversation|messages|scroller|shell)|\bmain|\bbody|\bhtml|:root)\S*:has\([^)]*[^)]*\)"
    )
    assert re.findall(around, rules) == []
