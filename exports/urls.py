"""The pages' routes; the API's come by the plugin hook."""

from __future__ import annotations

from django.urls import path

from exports.views import choosing, links, own, preview

urlpatterns = [
    path("chat/<uuid:session_id>/export/", choosing.export_session, name="export"),
    path("messages/<uuid:message_id>/export/", choosing.export_message, name="export-message"),
    path("chat/<uuid:session_id>/export/preview/", preview.show_preview, name="export-preview"),
    path("chat/<uuid:session_id>/export/preview/page/", preview.show_page, name="export-preview-page"),
    # /exports/
    path("exports/", own.exports_page, name="exports"),
    path("exports/choose/", choosing.choose_many, name="choose-export"),
    path("exports/many/", choosing.export_many, name="export-many"),
    path("exports/<uuid:export_id>/", own.show_export, name="show-export"),
    path("exports/<uuid:export_id>/file/", own.download, name="export-file"),
    path("exports/<uuid:export_id>/end/", own.end_export, name="end-export"),
    path("exports/<uuid:export_id>/again/", own.retry, name="retry-export"),
    path("exports/<uuid:export_id>/link/", links.share, name="share-export"),
    path("exports/<uuid:export_id>/unlink/", links.unshare, name="unshare-export"),
    path("exports/from/<str:token>/", links.show_shared, name="shared-export"),
    path("exports/from/<str:token>/file/", links.download_shared, name="shared-export-file"),
]
