"""A program that speaks to the API over the asynchronous stack, as it is served, from a plain test."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote, urlencode
from uuid import UUID

from asgiref.sync import async_to_sync
from django.test import AsyncClient

from chat.models import User
from tests.factories import make_token


class Answer:
    def __init__(self, response: Any, body: bytes) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.body = body

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Utf8Client(AsyncClient):
    """Django's own reads a path's bytes as Latin-1; servers read them as UTF-8, as ASGI says."""

    def _get_path(self, parsed: Any) -> str:
        return unquote(parsed.path)


class Api:
    """Calls by path; `user` None is a stranger, and `token` overrides theirs."""

    def __init__(self, user: User | None = None, *, token: str | None = None) -> None:
        token = token if token is not None else make_token(user) if user else None
        self.headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        self.client = Utf8Client(raise_request_exception=False)

    def get(self, path: str, **query: Any) -> Answer:
        return self.call("GET", f"{path}?{urlencode(query)}" if query else path)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.call("POST", path, body, **headers)

    def put(self, path: str, body: Any = None) -> Answer:
        return self.call("PUT", path, body)

    def patch(self, path: str, body: Any) -> Answer:
        return self.call("PATCH", path, body)

    def delete(self, path: str) -> Answer:
        return self.call("DELETE", path)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        data = b"" if body is None else json.dumps(body).encode()
        return self.send(method, path, data, **headers)

    def send(
        self, method: str, path: str, data: bytes, content_type: str = "application/json", **headers: str
    ) -> Answer:
        sent = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        return async_to_sync(self._send)(method, path, data, content_type, sent)

    async def _send(
        self, method: str, path: str, data: bytes, content_type: str, headers: dict[str, str]
    ) -> Answer:
        call: Any = self.client.generic
        response = await call(method, f"/api{path}", data, content_type=content_type, headers=headers)
        if not response.streaming:
            return Answer(response, response.content)
        if "event-stream" in response.headers["Content-Type"]:
            return Answer(response, b"")
        return Answer(response, b"".join([piece async for piece in response]))


def session_path(session_id: UUID | str) -> str:
    return f"/chat/sessions/{session_id}"
