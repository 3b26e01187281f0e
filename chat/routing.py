"""The WebSocket's one route."""

from __future__ import annotations

from django.urls import path

from chat.consumers import SessionConsumer

websocket_urlpatterns = [path("ws/chat/sessions/<uuid:session_id>/", SessionConsumer.as_asgi())]
