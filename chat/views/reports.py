"""Reports: what one thinks a moderator should see."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from chat import access, fragments
from chat.errors import AlreadyReported, Refused
from chat.models import Message, Report, Role
from chat.services import reports
from chat.text import clean_text
from chat.views.door import PageRequest, back_to, frames, login_needed, refusal


@require_http_methods(["GET", "POST"])
@login_needed
def report_message(request: PageRequest, message_id: UUID) -> HttpResponse:
    message = access.get_message(request.user, message_id, Role.VIEWER)
    if request.method == "GET":
        return answer_form(request, message)
    reason = request.POST.get("reason", "")
    detail = clean_text(request.POST.get("detail", ""))
    try:
        reports.report_message(message=message, reporter=request.user, reason=reason, detail=detail)
    except AlreadyReported as refused:
        return answer_told(request, message, refused.detail)
    except Refused as refused:
        return answer_form(request, message, reason, detail, refused)
    return answer_told(request, message, _("Thank you. A moderator will look at this message."))


def answer_told(request: PageRequest, message: Message, words: str) -> HttpResponse:
    if request.htmx:
        return frames(fragments.toast(words))
    notices.info(request, words)
    return back_to("session", message.session_id)


def answer_form(
    request: PageRequest,
    message: Message,
    reason: str = "",
    detail: str = "",
    refused: Refused | None = None,
) -> HttpResponse:
    if refused and request.htmx:
        return refusal(request, refused, slot="#report-error")
    context = {
        "message": message,
        "earlier": message.reports.filter(reporter=request.user).first(),
        "reasons": Report.Reason.choices,
        "reason": reason,
        "detail": detail,
        "max_chars": reports.MAX_CHARS,
        "refused": refused,
    }
    template = "chat/_report_form.html" if request.htmx else "chat/report.html"
    return render(request, template, context, status=refused.status if refused else 200)
