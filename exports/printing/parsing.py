"""HTML into elements: by libxml2, which is many times as quick as WeasyPrint's own parser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import TreeBuilder

from cssselect2 import ElementWrapper
from lxml import etree
from weasyprint import HTML
from weasyprint.urls import URLFetcher


class Parsed(HTML):  # type: ignore[misc]  # it has no types
    """HTML as we write it: what HTML 4 does not know as empty is written as such, `<wbr/>`."""

    def __init__(self, text: str, url_fetcher: URLFetcher) -> None:
        target: Any = _Target()
        parser = etree.HTMLParser(target=target, huge_tree=True, remove_comments=True, encoding="utf-8")
        parser.feed(text.encode("utf-8", "replace"))
        # Without a base nothing is relative to a place of this machine.
        self.base_url = "about:blank"
        self.url_fetcher = url_fetcher
        self.media_type = "print"
        self.wrapper_element = ElementWrapper.from_html_root(parser.close(), content_language=None)
        self.etree_element = self.wrapper_element.etree_element


class _Target:
    def __init__(self) -> None:
        self._builder = TreeBuilder()
        self.end = self._builder.end
        self.data = self._builder.data
        self.close = self._builder.close

    def start(self, tag: str, attrs: Mapping[str, str]) -> None:
        self._builder.start(tag, dict(attrs))
