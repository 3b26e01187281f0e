"""The errors that operations may give, as the schema tells of them: which, and what each looks like."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from chat.http.problems import DETAILS, MEDIA_TYPE

Json = dict[str, Any]

# What somebody else's doing may stand in the way of.
MAY_CONFLICT = {
    "activate_message", "clear_session", "create_export_link", "create_project", "delete_message",
    "download_export",
    "edit_message", "merge_replies", "merge_session", "regenerate_reply", "remove_member", "restore_project",
    "restore_session", "send_message", "set_member", "start_export", "undo_merge",
}  # fmt: skip
# What counts as a message.
LIMITED = {
    "send_message", "edit_message", "regenerate_reply", "merge_replies", "suggest_title", "suggest_tags",
}  # fmt: skip
# What is broken off, and refused to who has it done too often.
SEARCHES = {"search_messages", "list_sessions"}
# Of which a person may have so many under way.
JOBS = {"start_bulk_export", "start_export", "start_import"}
# With what they ask for, they may be meant for administrators alone.
ADMINISTRATORS = {"list_usage"}
# Their bodies name other things.
MAY_MISS = {"create_session", "start_bulk_export"}

LIMIT_HEADERS = {
    "RateLimit-Policy": {
        "description": "How many messages in how many seconds (draft-ietf-httpapi-ratelimit-headers).",
        "schema": {"type": "string"},
        "example": '"messages";q=60;w=60',
    },
    "RateLimit": {
        "description": "How many are left (r), and for how many seconds no more than these (t).",
        "schema": {"type": "string"},
        "example": '"messages";r=59;t=1',
    },
}


def _text(description: str, example: str) -> Json:
    return {"description": description, "schema": {"type": "string"}, "example": example}


# What is peculiar to each: the words of a typical one, a description, and the headers that come with it.
_TYPICAL: dict[int, tuple[Json, str, Json]] = {
    400: ({}, "The request could not be read, or there is nothing in it.", {}),
    401: (
        {},
        "No token, a wrong one, or that of somebody who is suspended.",
        {"WWW-Authenticate": _text("What to send (RFC 6750).", 'Bearer realm="Parley"')},
    ),
    403: (
        {"type": "/api/problems/not-allowed", "title": "You may not do that here"},
        "Your role here or your token's scope is too small, or a browser did not send the CSRF token.",
        {},
    ),
    404: ({}, "There is no such thing, or it is not yours to see.", {}),
    409: (
        {"type": "/api/problems/reply-running", "title": "A reply is still being written"},
        "It does not go together with what is there, or what is happening there, now.",
        {},
    ),
    412: (
        {"type": "/api/problems/changed-meanwhile", "title": "Changed meanwhile"},
        "It is not in the version that `If-Match` names. Nothing was changed.",
        {},
    ),
    413: ({}, "It is larger than this server takes.", {}),
    415: ({}, "The body, or the file in it, is of a kind that is not taken here.", {}),
    416: (
        {},
        "The file ends before the part that is asked for.",
        {"Content-Range": _text("How many bytes there are.", "bytes */48000")},
    ),
    422: (
        {
            "type": "/api/problems/invalid",
            "title": "Some of this does not fit",
            "errors": {"name": ["This field is not known."]},
        },
        "Something does not fit, or is not known; `errors` says what.",
        {},
    ),
    429: (
        {"type": "/api/problems/too-many", "title": "Too many messages"},
        "Too many messages in too short a time, a limit of costs or tokens that is reached "
        "(`quota-exceeded`), too much searching, or too many jobs under way (the latter two without the "
        "headers of messages).",
        {
            "Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}, "example": 12},
            **LIMIT_HEADERS,
        },
    ),
}
_DETAILS = {
    403: "For that one has to be at least an editor here.",
    409: "Wait for the reply, or stop it.",
    412: "Somebody saved another version since you have seen this.",
    415: "Send the body as JSON, with “Content-Type: application/json”.",
    422: "See the fields named in “errors”.",
    429: "You may send 60/min messages. Wait 12 seconds and try again.",
}


def failures_of(name: str, path: str, method: str, operation: Json) -> list[int]:
    """The statuses of the errors that an operation with that id may give."""
    is_write = method not in ("get", "head")
    has_body = "requestBody" in operation
    headers = {one["name"] for one in operation.get("parameters", ()) if one["in"] == "header"}
    may_be = {
        400: has_body or bool(headers - {"Range", "If-Range"}),  # not heeded where they make no sense
        401: True,
        403: is_write or name in ADMINISTRATORS,
        404: "{" in path or name in MAY_MISS,
        409: name in MAY_CONFLICT,
        412: "If-Match" in headers,
        413: has_body,
        415: has_body,
        416: "Range" in headers,
        422: True,  # a query that is not known
        429: name in LIMITED | SEARCHES | JOBS,
    }
    return [status for status, is_so in may_be.items() if is_so]


def reference_to(status: int) -> Json:
    return {"$ref": f"#/components/responses/{_name(status)}"}


def failure_answers() -> Json:
    """The answers that are referred to, by their names."""
    return {_name(status): _answer(status) for status in _TYPICAL}


def _name(status: int) -> str:
    return HTTPStatus(status).phrase.replace(" ", "")


def _answer(status: int) -> Json:
    said, description, headers = _TYPICAL[status]
    blank = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    example = {**blank, **said, "detail": _DETAILS.get(status) or DETAILS[status]}
    schema = {"$ref": "#/components/schemas/Problem"}
    answer: Json = {
        "description": description,
        "content": {MEDIA_TYPE: {"schema": schema, "example": example}},
    }
    return answer | ({"headers": headers} if headers else {})
