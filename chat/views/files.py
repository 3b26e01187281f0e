"""Files on their way into a message: kept at once, and shown as chips in the composer."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from chat.errors import BadValue, Refused
from chat.services.attachments import add_attachment
from chat.views.door import PageRequest, login_needed, refusal


@require_POST
@login_needed
def attach(request: PageRequest) -> HttpResponse:
    file = request.FILES.get("file")
    try:
        if file is None:
            raise BadValue("Choose a file first.", field="file")
        attachment = add_attachment(owner=request.user, file=file)
    except Refused as refused:
        return refusal(request, refused, slot="#composer-error")
    return render(request, "chat/_chip.html", {"file": attachment})
