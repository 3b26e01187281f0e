"""What lies between the server and our views: request ids, the access log, problems instead of pages."""

from __future__ import annotations

from chat.http.bearer import bearer_token
from chat.http.context import RequestContextMiddleware
from chat.http.empty import no_content
from chat.http.locale import LocaleMiddleware, speak_to
from chat.http.problems import ProblemMiddleware, problem, refused_problem

__all__ = [
    "LocaleMiddleware",
    "ProblemMiddleware",
    "RequestContextMiddleware",
    "bearer_token",
    "no_content",
    "problem",
    "refused_problem",
    "speak_to",
]
