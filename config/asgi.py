"""The ASGI application: static files, pages and API over HTTP, live updates over WebSocket."""

from __future__ import annotations

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_application = get_asgi_application()

from chat.http.sizes import with_body_from_file, with_size_limit  # noqa: E402  all these need Django to be set up
from chat.routing import websocket_urlpatterns  # noqa: E402
from config.static import with_static_files  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": with_body_from_file(with_static_files(with_size_limit(django_application))),
        "websocket": URLRouter(websocket_urlpatterns),
    }
)
