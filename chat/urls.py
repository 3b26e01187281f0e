"""The pages' routes; the API brings its own."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path

from chat.api import api
from chat.views import (
    accounts,
    drafts,
    files,
    find,
    health,
    message_panels,
    messages,
    palette,
    preferences,
    reactions,
    reports,
    session_settings,
    sessions,
    slash,
    start,
    windows,
)
from chat.views import annotations as notes

urlpatterns = [
    path("api/", api.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("", start.start, name="start"),
    path("send/", start.send_first, name="send-first"),
    path("draft/", drafts.save_draft, name="draft"),
    path("files/", files.attach, name="attach"),
    path("files/<uuid:attachment_id>/", files.show_picture, name="picture"),
    path("files/<uuid:attachment_id>/remove/", files.detach, name="detach"),
    path("setup/", accounts.setup, name="setup"),
    path("login/", accounts.Login.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("password/", accounts.ChangePassword.as_view(), name="password"),
    path("palette/", palette.palette, name="palette"),
    # /settings/
    path("settings/", preferences.settings_page, name="settings"),
    path("settings/appearance/", preferences.save_appearance, name="save-appearance"),
    path("settings/theme/", preferences.save_theme, name="save-theme"),
    path("settings/region/", preferences.save_region, name="save-region"),
    path("settings/keyboard/", preferences.save_keyboard, name="save-keyboard"),
    path("settings/keys/", preferences.save_keys, name="save-keys"),
    path("settings/account/", preferences.save_account, name="save-account"),
    path("settings/tokens/", preferences.make_token, name="make-token"),
    path("settings/tokens/<uuid:token_id>/revoke/", preferences.revoke_token, name="revoke-token"),
    # /commands/
    path("commands/", slash.list_commands, name="commands"),
    path("commands/help/", slash.show_help, name="help"),
    path("commands/complete/", slash.complete, name="complete-command"),
    # /chat/
    path("chat/", sessions.list_sessions, name="sessions"),
    path("chat/<uuid:session_id>/", sessions.show_session, name="session"),
    path("chat/<uuid:session_id>/older/", windows.older_messages, name="older"),
    path("chat/<uuid:session_id>/newer/", windows.newer_messages, name="newer"),
    path("chat/<uuid:session_id>/find/", find.find_messages, name="find"),
    path("chat/<uuid:session_id>/send/", messages.send_message, name="send"),
    path("chat/<uuid:session_id>/draft/", drafts.save_draft, name="session-draft"),
    path("chat/<uuid:session_id>/stop/", sessions.stop_reply, name="stop"),
    path("chat/<uuid:session_id>/rename/", session_settings.rename_session, name="rename"),
    path("chat/<uuid:session_id>/settings/", session_settings.change_settings, name="session-settings"),
    path("chat/<uuid:session_id>/model/", session_settings.choose_model, name="choose-model"),
    path("chat/<uuid:session_id>/clear/", sessions.clear_session, name="clear"),
    path("chat/<uuid:session_id>/clear/undo/", sessions.undo_clear, name="undo-clear"),
    path("chat/<uuid:session_id>/delete/", sessions.delete_session, name="delete-session"),
    path("chat/<uuid:session_id>/restore/", sessions.restore_session, name="restore-session"),
    # /messages/
    path("messages/<uuid:message_id>/", messages.show_message, name="message"),
    path("messages/<uuid:message_id>/source/", messages.message_source, name="message-source"),
    path("messages/<uuid:message_id>/edit/", messages.edit_message, name="edit-message"),
    path("messages/<uuid:message_id>/resend/", messages.resend_message, name="resend-message"),
    path("messages/<uuid:message_id>/regenerate/", messages.regenerate_message, name="regenerate-message"),
    path("messages/<uuid:message_id>/activate/", messages.activate_message, name="activate-message"),
    path("messages/<uuid:message_id>/branch/", messages.branch_message, name="branch-message"),
    path("messages/<uuid:message_id>/models/", message_panels.offer_models, name="message-models"),
    path("messages/<uuid:message_id>/sent/", message_panels.show_sent, name="message-sent"),
    path("messages/<uuid:message_id>/history/", message_panels.show_history, name="message-history"),
    path("messages/<uuid:message_id>/delete/", messages.delete_message, name="delete-message"),
    path("messages/<uuid:message_id>/restore/", messages.restore_message, name="restore-message"),
    path("messages/<uuid:message_id>/react/", reactions.react_message, name="react-message"),
    path("messages/<uuid:message_id>/annotate/", notes.annotate_message, name="annotate-message"),
    path(
        "messages/<uuid:message_id>/annotations/<uuid:annotation_id>/edit/",
        notes.edit_annotation,
        name="edit-annotation",
    ),
    path(
        "messages/<uuid:message_id>/annotations/<uuid:annotation_id>/delete/",
        notes.delete_annotation,
        name="delete-annotation",
    ),
    path(
        "messages/<uuid:message_id>/annotations/<uuid:annotation_id>/restore/",
        notes.restore_annotation,
        name="restore-annotation",
    ),
    path("messages/<uuid:message_id>/report/", reports.report_message, name="report-message"),
    path("emojis/", reactions.find_emojis, name="emojis"),
]
