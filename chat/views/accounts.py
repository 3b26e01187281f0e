"""Who is there: the first account, login, logout, a new password."""

from __future__ import annotations

from django.contrib import messages as notices
from django.contrib.auth import login
from django.contrib.auth import views as auth_views
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from chat import audit
from chat.errors import Refused
from chat.forms import SetupForm
from chat.services import accounts


@never_cache
@require_http_methods(["GET", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """The first visitor makes the administrator; afterwards there is nothing here."""
    if accounts.has_accounts():
        return redirect("start")
    form = SetupForm(request.POST or None)
    if not form.is_valid():
        return render(request, "accounts/setup.html", {"form": form}, status=422 if form.is_bound else 200)
    try:
        user = accounts.create_first_account(**form.cleaned_data)
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, refused.detail)
        return render(request, "accounts/setup.html", {"form": form}, status=refused.status)
    login(request, user)
    return redirect("start")


class Login(auth_views.LoginView):
    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not accounts.has_accounts():
            return redirect("setup")
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]


class ChangePassword(auth_views.PasswordChangeView):
    template_name = "accounts/password.html"
    success_url = reverse_lazy("start")

    def form_valid(self, form: object) -> HttpResponse:
        with transaction.atomic():
            answer = super().form_valid(form)  # type: ignore[arg-type]
            audit.note(audit.Action.PASSWORD_CHANGED, form.user)  # type: ignore[attr-defined]
        notices.success(self.request, _("Password changed."))
        return answer
