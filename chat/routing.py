"""The WebSockets' routes."""

from __future__ import annotations

from typing import Any

from django.urls import path

from chat.consumers import DeskConsumer, SessionConsumer

session_socket: Any = SessionConsumer.as_asgi()
desk_socket: Any = DeskConsumer.as_asgi()
websocket_urlpatterns: list[Any] = [
    path("ws/chat/", desk_socket),
    path("ws/chat/sessions/<uuid:session_id>/", session_socket),
]
