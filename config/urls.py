"""All routes: the admin, and what the apps bring."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("chat.urls")),
    path("", include("exports.urls")),
]
handler400 = "chat.views.errors.bad_request"
