"""The ASGI application: static files, pages and API over HTTP, live updates over WebSocket."""

from __future__ import annotations

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django_application = get_asgi_application()

from chat.http.sizes import with_size_limit  # noqa: E402  all these need Django to be set up
from chat.routing import websocket_urlpatterns  # noqa: E402
from config.static import with_static_files  # noqa: E402

# Where exports of whole accounts are sent to.
LARGER = dict.fromkeys(("/api/chat/imports", "/imports/"), settings.IMPORT_MAX_BYTES)
application = ProtocolTypeRouter(
    {
        "http": with_static_files(
            with_size_limit(django_application, settings.ATTACHMENT_MAX_BYTES, larger=LARGER)
        ),
        "websocket": URLRouter(websocket_urlpatterns),
    }
)
