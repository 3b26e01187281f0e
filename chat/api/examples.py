"""An example of each shape that goes in or out, for the schema; a test holds them to the shapes."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

SESSION_ID = "01920a5e-7c3b-7d2e-9f41-5b8c6d7e8f90"
OTHER_ID = "01920a61-0b44-7f60-8a35-1c2d3e4f5a6b"
QUESTION_ID = "01920a5e-8e5d-7c40-b7a2-3f4e5d6c7b8a"
REPLY_ID = "01920a5e-8e5e-7a12-9c3d-2b1a0f9e8d7c"
THING_ID = "01920a5f-1a2b-7c3d-8e4f-5a6b7c8d9e0f"
BEGUN, CHANGED = "2026-11-22T09:30:00.120000Z", "2026-11-22T09:31:12.480000Z"
SETTINGS: Json = {
    "temperature": 0.3,
    "max_tokens": None,
    "system_prompt": "Be brief.",
    "auto_context": True,
    "context_window": None,
}
SESSION: Json = {
    "id": SESSION_ID,
    "name": "Tides in the harbour",
    "provider": "workstation",
    "model": "my-model",
    "settings": SETTINGS,
    "fallbacks": [{"provider": "openai", "model": "gpt-5-mini"}],
    "options": {"openai": {"reasoning_effort": "low"}},
    "message_count": 2,
    "total_tokens": 171,
    "cost": "0.00042",
    "tags": ["sea"],
    "starred": False,
    "archived": False,
    "follow_ups": None,
    "parent_id": None,
    "project": "handbook",
    "scope_type": None,
    "scope_id": None,
    "created_at": BEGUN,
    "updated_at": CHANGED,
}


def _message(key: str, role: str, content: str, **values: Any) -> Json:
    return {
        "id": key,
        "session_id": SESSION_ID,
        "parent_id": None,
        "role": role,
        "content": content,
        "parts": [{"type": "text", "state": "complete", "text": content}],
        "status": "complete",
        "visibility": "shown",
        "provider": None,
        "model": None,
        "finish_reason": None,
        "usage": None,
        "timing": None,
        "attachments": [],
        "reactions": [],
        "annotations": [],
        "edits": [],
        "alternatives": [key],
        "context": {"activity_events": [], "plugin_commands": [], "files": []},
        "tried": [],
        "merged_from": [],
        "error": None,
        "created_at": BEGUN,
        "updated_at": CHANGED,
        **values,
    }


QUESTION = _message(QUESTION_ID, "user", "Why are there two tides a day?")
REPLY = _message(
    REPLY_ID,
    "assistant",
    "The earth turns under two bulges of water.",
    parent_id=QUESTION_ID,
    provider="workstation",
    model="my-model",
    finish_reason="stop",
    usage={"input_tokens": 122, "output_tokens": 49, "cost": "0.00042"},
    timing={"first_token_ms": 210, "duration_ms": 1350, "tokens_per_second": 43.0},
    reactions=[{"emoji": "👍", "count": 1, "users": ["bob"]}],
)
PENDING = _message(
    REPLY_ID,
    "assistant",
    "",
    parent_id=QUESTION_ID,
    status="pending",
    parts=[{"type": "text", "state": "pending", "text": ""}],
)
ANNOTATION: Json = {
    "id": THING_ID,
    "message_id": REPLY_ID,
    "body": "And the moon?",
    "start": 26,
    "end": 41,
    "quote": "bulges of water",
    "user": "bob",
    "created_at": CHANGED,
    "edited_at": None,
}
TEMPLATE_VALUES: Json = {
    "name": "Letter",
    "description": "A polite letter",
    "shared": False,
    "provider": None,
    "model": None,
    "settings": {**SETTINGS, "system_prompt": "Write as {{writer}} would."},
    "options": {"openai": {"reasoning_effort": "low"}},
    "fallbacks": [],
    "tools": {"parley": True},
    "messages": [{"role": "user", "content": "Write a letter to {{whom}}."}],
    "variables": [
        {"name": "writer", "label": "Writer", "default": "a sailor", "choices": [], "required": True},
        {"name": "whom", "label": "Whom", "default": "", "choices": [], "required": True},
    ],
}
TEMPLATE: Json = {
    "id": THING_ID,
    **TEMPLATE_VALUES,
    "owner": "alice",
    "own": True,
    "role": "owner",
    "members": [{"username": "bob", "role": "viewer"}],
    "version": 2,
    "use_count": 3,
    "last_used_at": CHANGED,
    "created_at": BEGUN,
    "updated_at": CHANGED,
}
VERSION: Json = {
    **{name: value for name, value in TEMPLATE_VALUES.items() if name != "shared"},
    "number": 2,
    "author": "alice",
    "restored_from": None,
    "created_at": CHANGED,
}
PROJECT_VALUES: Json = {
    "name": "Handbook",
    "description": "What everybody should know",
    "instructions": "Answer from the handbook alone.",
}
PROJECT: Json = {
    "slug": "handbook",
    **PROJECT_VALUES,
    "role": "owner",
    "members": [{"username": "alice", "role": "owner"}, {"username": "bob", "role": "editor"}],
    "created_at": BEGUN,
    "updated_at": CHANGED,
}
IMPORT: Json = {
    "id": THING_ID,
    "status": "running",
    "progress": 40,
    "format": "chatgpt",
    "name": "export.zip",
    "size": 1048576,
    "url": None,
    "error": None,
    "report": {
        "conversations": 1,
        "imported": 1,
        "updated": 0,
        "skipped": 0,
        "failed": 0,
        "messages": 12,
        "items": [
            {
                "outcome": "imported",
                "name": "Tides in the harbour",
                "session_id": SESSION_ID,
                "messages": 12,
                "notes": [],
            }
        ],
    },
    "created_at": BEGUN,
    "ended_at": None,
}
EXPORT_LINK: Json = {
    "url": "/exports/from/IjAxOTIwYTVlIg:1vMxyz:9a0364b9e99b/",
    "expires_at": "2026-11-23T09:31:12.480000Z",
    "downloads": 0,
}
EXPORT: Json = {
    "id": THING_ID,
    "status": "complete",
    "progress": 100,
    "format": "pdf",
    "session_ids": [SESSION_ID],
    "name": "Tides in the harbour.pdf",
    "size": 48213,
    "url": f"/api/chat/exports/{THING_ID}/download",
    "error": None,
    "failed": 0,
    "created_at": BEGUN,
    "ended_at": CHANGED,
    "expires_at": "2026-11-29T09:31:12.480000Z",
    "link": EXPORT_LINK,
}
USAGE_SUM: Json = {
    "day": "2026-03-14",
    "user": "alice",
    "project": "handbook",
    "provider": "openai",
    "model": "gpt-5-mini",
    "purpose": "reply",
    "requests": 12,
    "input_tokens": 18240,
    "output_tokens": 5110,
    "cached_tokens": 9216,
    "cache_write_tokens": 0,
    "reasoning_tokens": 1408,
    "cost": "0.0127",
    "unknown_costs": 1,
}
LIMIT: Json = {
    "period": "month",
    "shared": False,
    "group": None,
    "cost_limit": "10",
    "token_limit": None,
    "cost": "3.2",
    "tokens": 812440,
    "reached": False,
    "starts_anew_at": "2026-04-01T00:00:00Z",
}
HIT: Json = {
    "kind": "message",
    "session": SESSION,
    "message_id": REPLY_ID,
    "annotation_id": None,
    "role": "assistant",
    "user": None,
    "model": "my-model",
    "snippet": "The earth turns under two bulges of water.",
    "marks": [[36, 41]],
    "active": True,
    "url": f"/chat/{SESSION_ID}/?at={REPLY_ID}",
    "created_at": CHANGED,
}
TOOL_SWITCH: Json = {"id": THING_ID, "name": "Library", "own": False, "on": True, "default": True}
TOOL: Json = {
    "name": "Library__look_up",
    "title": "Look it up",
    "description": "Finds what is written of a word.",
    "parameters": {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]},
    "changes": False,
    "asks": False,
}
CURSOR = "MjAyNi0xMS0yMlQwOTozMToxMi40ODAwMDArMDA6MDAgMDE5MjBhNWUtN2MzYi03ZDJlLTlmNDEtNWI4YzZkN2U4Zjkw"

EVENTS = (
    "id: 41\nevent: message\n"
    f'data: {{"type": "delta", "message_id": "{REPLY_ID}", "text": "The ", "offset": 0}}\n\n'
    f'id: 42\nevent: done\ndata: {{"message_id": "{REPLY_ID}", "status": "complete"}}\n\n'
)

# By the names of the shapes in `outputs` and `inputs`.
EXAMPLES: dict[str, Json] = {
    "Session": SESSION,
    "SessionWithCursor": {**SESSION, "last_event_id": 42},
    "SessionList": {"items": [SESSION], "next": CURSOR},
    "Message": REPLY,
    "MessageList": {"items": [QUESTION, REPLY], "next": None, "last_event_id": 42},
    "Sent": {"user_message": QUESTION, "assistant_message": PENDING},
    "Regenerated": {"assistant_message": PENDING},
    "CommandRun": {
        "command": "rename",
        "detail": "Renamed to “Tides”.",
        "session": {**SESSION, "name": "Tides"},
        "messages": [],
    },
    "Cleared": {"messages": 2},
    "Comparison": {"common": [QUESTION_ID], "left": [REPLY], "right": []},
    "Attachment": {
        "id": THING_ID,
        "kind": "image",
        "name": "harbour.png",
        "size": 48213,
        "mime_type": "image/png",
    },
    "Annotation": ANNOTATION,
    "Import": IMPORT,
    "Export": EXPORT,
    "ExportList": {"items": [EXPORT], "next": None},
    "ExportLink": EXPORT_LINK,
    "ExportLinkInput": {"expires_in": 86400},
    "ExportInput": {"format": "pdf", "options": {"annotations": False}},
    "BulkExportInput": {"session_ids": [SESSION_ID, OTHER_ID], "format": "markdown"},
    "Template": TEMPLATE,
    "TemplateList": {"items": [TEMPLATE], "next": None},
    "TemplateVersion": VERSION,
    "TemplateVersionList": {"items": [VERSION], "next": None},
    "Project": PROJECT,
    "ProjectList": {"items": [PROJECT], "next": None},
    "UsageList": {"items": [USAGE_SUM], "next": None},
    "LimitList": {"items": [LIMIT], "next": None},
    "Summarizing": {
        "status": "complete",
        "progress": 100,
        "error": None,
        "summary": {
            "text": "They spoke of the tides: there are two a day, since the earth turns below both bulges.",
            "messages": 12,
            "upto_message_id": REPLY_ID,
            "provider": "openai",
            "model": "gpt-5-mini",
            "created_at": CHANGED,
        },
    },
    "Suggesting": {
        "status": "complete",
        "error": None,
        "title": None,
        "tags": [{"name": "sea", "new": False}, {"name": "astronomy", "new": True}],
    },
    "SentPrompt": {
        "provider": "openai",
        "model": "gpt-5-mini",
        "window": 400000,
        "estimated_tokens": 52,
        "sections": [
            {"name": "system", "title": "System prompt", "tokens": 4, "text": "Be brief.", "cut": False},
            {"name": "turns", "title": "Messages", "tokens": 48, "text": "", "cut": False},
        ],
        "left_out": None,
        "message_ids": [QUESTION_ID],
        "temperature": 0.3,
        "max_tokens": None,
        "options": {},
        "parameters": {"temperature": 0.3},
        "tools": [],
        "hidden_tools": 0,
        "sent_at": CHANGED,
    },
    "ToolServerList": {"items": [{**TOOL_SWITCH, "tools": [TOOL]}], "next": None},
    "ToolSwitchList": {"items": [TOOL_SWITCH], "next": None},
    "SessionToolsInput": {"tools": {"parley": False}},
    "CallInput": {"allow": True},
    "Embedding": {"url": "/embed/eyJzIjoiMDE5MjBhNWUi/", "expires_at": CHANGED},
    "SearchResults": {"items": [HIT], "next": None, "total": 1, "ranked": True},
    "NewSession": {"name": "Tides in the harbour", "settings": {"temperature": 0.3}},
    "SessionChanges": {
        "name": "Tides",
        "tags": ["sea"],
        "settings": {"temperature": 0.3},
        "options": {"openai": {"reasoning_effort": "low"}},
    },
    "BranchInput": {"from_message_id": REPLY_ID},
    "MergeInput": {"source_id": OTHER_ID},
    "UndoMergeInput": {"source_id": OTHER_ID},
    "ModelInput": {"provider": "openai", "model": "gpt-5-mini"},
    "RegenerateInput": {
        "models": [
            {"provider": "openai", "model": "gpt-5-mini"},
            {"provider": "anthropic", "model": "claude-sonnet-4-5"},
        ]
    },
    "MessageInput": {"content": "Why are there two tides a day?"},
    "MessageEditInput": {"content": "Why are there two tides each day?", "resend": True},
    "PartsInput": {
        "role": "system",
        "visibility": "hidden",
        "parts": [{"type": "text", "text": "The page says: high water is at noon."}],
    },
    "EmbedInput": {"parents": ["https://wiki.example.org"], "expires_in": 86400},
    "ThreadInput": {"name": "Page 42"},
    "TemplateInput": TEMPLATE_VALUES,
    "TemplateChanges": {"name": "A letter", "shared": False},
    "ProjectInput": {"slug": "handbook", **PROJECT_VALUES},
    "ProjectValues": PROJECT_VALUES,
    "ProjectChanges": {"description": "What everybody should know by now"},
    "MemberInput": {"role": "editor"},
    "TemplateMemberInput": {"role": "viewer"},
    "AnnotationInput": {"body": "And the moon?", "start": 26, "end": 41},
    "AnnotationChanges": {"body": "And the sun?"},
}
