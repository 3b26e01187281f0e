"""Accounts and the tokens of their programs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from chat.admin.looking import Checked, Look, Pages, of_person
from chat.models import ApiToken, User
from chat.services.tokens import revoke_token


@admin.register(User)
class PersonAdmin(Checked, UserAdmin):  # type: ignore[type-arg]
    """Accounts are suspended (`is_active`), never deleted: all that a person wrote would go with them."""

    paginator = Pages
    list_display = ["username", "email", "is_staff", "is_active", "last_login", "date_joined", "theirs"]
    sortable_by: ClassVar[Any] = ["username"]
    search_fields = ["username", "email"]
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.display(description=_("conversations"))
    def theirs(self, user: User) -> SafeString:
        url = reverse("admin:chat_session_changelist")
        words = urlencode({"q": user.get_username()})
        return format_html('<a href="{}?{}">{}</a>', url, words, _("Show"))


@admin.register(ApiToken)
class ApiTokenAdmin(Look):
    """Tokens can be taken away here; they are made in the settings, the one place that shows them."""

    list_display = ["__str__", "user", "scope", "created_at", "expires_at", "last_used_at"]
    list_filter = ["scope"]
    list_select_related = ["user"]
    search_help_text = _("An id, or whose token it is")
    exclude: ClassVar[Any] = ["digest"]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return admin.ModelAdmin.has_delete_permission(self, request, obj)

    def delete_model(self, request: HttpRequest, obj: ApiToken) -> None:
        revoke_token(token=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        for token in queryset:
            revoke_token(token=token)

    def called(self, words: str) -> Q:
        return of_person(words, "user")
