"""The options of a template's model, as its form shows them: anew when another model is chosen there."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from chat.models import Template
from chat.text import clean_text
from chat.views.choices import split
from chat.views.door import PageRequest, login_needed
from chat.views.session_options import options_form_of


@require_GET
@login_needed
def show_template_options(request: PageRequest) -> HttpResponse:
    """`?model=`: as the form's list of models has it."""
    provider, model = split(clean_text(request.GET.get("model", "")))
    chosen = Template(provider=provider, model=model)
    form = options_form_of(request.user, chosen)
    return render(request, "chat/_settings_options.html", {"options_form": form})
