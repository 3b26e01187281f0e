"""The schema for programs, and the same as a page for people: no script, nothing from elsewhere."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chat import threads
from chat.api.answers import json_answer
from chat.api.described import failures_in, groups_of, shapes_of
from chat.api.schema import DescribedAPI

PAGE_CONTENT = {"text/html": {"schema": {"type": "string"}, "example": "<!doctype html>…"}}
PAGE = {"responses": {200: {"description": "A page.", "content": PAGE_CONTENT}}}
DOCUMENT_EXAMPLE = {"openapi": "3.1.0", "info": {"title": "Parley", "version": "1.0.0"}, "paths": {}}
DOCUMENT = {"responses": {200: {"content": {"application/json": {"example": DOCUMENT_EXAMPLE}}}}}
TAGS = ["documentation"]


def add_documentation(api: DescribedAPI) -> None:
    """Give `api` its two public operations."""

    @api.get("/openapi.json", auth=None, tags=TAGS, response={200: dict[str, Any]}, openapi_extra=DOCUMENT)
    async def openapi_document(request: HttpRequest) -> HttpResponse:
        """This document."""
        return json_answer(api.described)

    @api.get("/docs", auth=None, tags=TAGS, response={200: None}, openapi_extra=PAGE)
    async def documentation(request: HttpRequest) -> HttpResponse:
        """This document as a page for people."""
        return await threads.read(_page, request, api.described)


def _page(request: HttpRequest, schema: dict[str, Any]) -> HttpResponse:
    """Off the event loop: it is long."""
    context = {"info": schema["info"], "groups": groups_of(schema), "shapes": shapes_of(schema)}
    return render(request, "api/docs.html", {**context, "failures": failures_in(schema)})
