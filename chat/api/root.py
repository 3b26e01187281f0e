"""The API as a whole: its routers, and one kind of answer for each kind of failure."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from ninja.errors import AuthenticationError, HttpError, ValidationError

from chat.access import GONE
from chat.api import (
    attachments,
    imports,
    message,
    messages,
    projects,
    reactions,
    search,
    sessions,
    streams,
    suggestions,
    summaries,
    template_members,
    template_versions,
    templates,
    threads,
    tools,
    tree,
    usage,
)
from chat.api.annotations import router as annotations_router
from chat.api.bodies import NAMES, StrictParser, field_errors, invalid, is_body_missing
from chat.api.callers import AUTH, CsrfFailed, ScopeTooSmall, Unauthenticated, scope_problem
from chat.api.docs import add_documentation
from chat.api.guard import guarded
from chat.api.schema import DescribedAPI
from chat.errors import Refused
from chat.http.problems import problem, refused_problem, unauthenticated
from chat.plugins import manager

api = DescribedAPI(
    title="Parley",
    version="1.0.0",
    description=(
        "Sessions, messages and their streams. Errors are problems (RFC 9457); times are UTC; ids are UUIDs."
    ),
    auth=AUTH,
    parser=StrictParser(),
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
)
OWN = (
    ("/chat/sessions", sessions.router),
    ("/chat/sessions", tree.router),
    ("/chat/sessions", tools.sessions_router),
    ("/chat/messages", tools.calls_router),
    ("/chat/tools", tools.router),
    ("/chat/sessions", summaries.router),
    ("/chat/sessions", suggestions.router),
    ("/chat/messages", summaries.sent_router),
    ("/chat/sessions", messages.router),
    ("/chat/sessions", streams.router),
    ("/chat/messages", message.router),
    ("/chat/messages", reactions.router),
    ("/chat/messages", annotations_router),
    ("/chat/attachments", attachments.router),
    ("/chat/imports", imports.router),
    ("/chat/templates", templates.router),
    ("/chat/templates", template_versions.router),
    ("/chat/templates", template_members.router),
    ("/chat/projects", projects.router),
    ("/chat/threads", threads.router),
    ("/chat/sessions", threads.parts_router),
    ("/chat/search", search.router),
    ("/usage", usage.router),
)
PLUGGED = [(prefix, import_string(name)) for given in manager().hook.api_routers() for prefix, name in given]
for prefix, router in (*OWN, *PLUGGED):
    router.add_decorator(guarded, mode="view")
    api.add_router(prefix, router)
add_documentation(api)


@api.exception_handler(Refused)
def _refused(_request: HttpRequest, refused: Refused) -> HttpResponse:
    refused.field = NAMES.get(refused.field or "", refused.field)
    return refused_problem(refused)


@api.exception_handler(ValidationError)
def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    if is_body_missing(error.errors):
        return problem(400, detail="The body is empty. Send JSON.")
    return invalid(field_errors(error.errors))


@api.exception_handler(HttpError)
def _unreadable(_request: HttpRequest, error: HttpError) -> HttpResponse:
    return problem(
        error.status_code, detail="The body is not valid JSON." if error.status_code == 400 else ""
    )


@api.exception_handler(AuthenticationError)
def _nobody(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    return unauthenticated()


@api.exception_handler(Unauthenticated)
def _unknown(_request: HttpRequest, unknown: Unauthenticated) -> HttpResponse:
    return unauthenticated(unknown.reason)


@api.exception_handler(ScopeTooSmall)
def _reads_only(_request: HttpRequest, _error: ScopeTooSmall) -> HttpResponse:
    return scope_problem()


@api.exception_handler(CsrfFailed)
def _forged(_request: HttpRequest, _error: CsrfFailed) -> HttpResponse:
    return problem(403)


@api.exception_handler(Http404)
def _absent(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return problem(404)


for gone in GONE:
    api.exception_handler(gone)(_absent)


@api.exception_handler(RequestDataTooBig)
def _too_big(_request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
    return problem(413)
