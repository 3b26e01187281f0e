"""What lies between the server and our views: request ids, the access log, problems instead of pages."""

from __future__ import annotations

from chat.http.context import RequestContextMiddleware
from chat.http.problems import ProblemMiddleware, problem, refused_problem

__all__ = ["ProblemMiddleware", "RequestContextMiddleware", "problem", "refused_problem"]
