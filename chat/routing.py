"""The WebSocket's one route."""

from __future__ import annotations

from typing import Any

from django.urls import path

from chat.consumers import SessionConsumer

session_socket: Any = SessionConsumer.as_asgi()
websocket_urlpatterns: list[Any] = [path("ws/chat/sessions/<uuid:session_id>/", session_socket)]
