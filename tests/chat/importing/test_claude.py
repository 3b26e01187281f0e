"""Claude's exports, old and new.

Proves F1.
"""

from __future__ import annotations

from datetime import UTC, datetime

from tests.chat.importing.exports import claude, claude_turn, packed, read_one, told

NOTHING = "00000000-0000-4000-8000-000000000000"


def test_an_older_export_is_a_line_of_texts() -> None:
    conversation = claude(
        claude_turn("u", "human", "When is high tide?", content=[]),
        claude_turn("a", "assistant", "At six.", content=[]),
        is_starred=True,
    )
    found = read_one(packed({"conversations.json": [conversation], "users.json": [], "projects.json": []}))
    assert told(found) == [("user", "When is high tide?"), ("assistant", "At six.")]
    assert found.nodes[1].provider == "anthropic"
    assert found.nodes[0].created_at == datetime(2025, 3, 1, 10, 0, 0, 123456, UTC)
    assert (found.name, found.is_starred) == ("Tide tables", True)


def test_what_a_turn_did_becomes_messages_in_order() -> None:
    blocks = [
        {"type": "thinking", "thinking": "I should look.", "summaries": []},
        {"type": "text", "text": "Let me see."},
        {"type": "tool_use", "id": "toolu_1", "name": "web_search", "input": {"query": "tides"}},
        {
            "type": "tool_result",
            "tool_use_id": "toolu_1",
            "name": "web_search",
            "content": [{"type": "text", "text": "06:00"}],
            "is_error": False,
        },
        {"type": "token_budget"},
        {"type": "text", "text": "At six."},
    ]
    found = read_one(
        [
            claude(
                claude_turn("u", "human", "When?", parent_message_uuid=NOTHING),
                claude_turn("a", "assistant", "x", content=blocks, parent_message_uuid="u"),
                claude_turn("u2", "human", "Thanks", parent_message_uuid="a"),
            )
        ]
    )
    assert told(found) == [
        ("user", "When?"),
        ("assistant", "Let me see."),
        ("tool", ""),
        ("assistant", "At six."),
        ("user", "Thanks"),
    ]
    thought, call = found.nodes[1].parts
    [result] = found.nodes[2].parts
    assert (thought["type"], thought["text"]) == ("reasoning", "I should look.")
    assert (call["name"], call["arguments"]) == ("web_search", {"query": "tides"})
    assert (result["result"], result["id"]) == ("06:00", call["id"])


def test_branches_stay() -> None:
    found = read_one(
        [
            claude(
                claude_turn("u", "human", "Ask", parent_message_uuid=NOTHING),
                claude_turn("a1", "assistant", "One", parent_message_uuid="u"),
                claude_turn("a2", "assistant", "Two", parent_message_uuid="u"),
                current_leaf_message_uuid="a1",
            )
        ]
    )
    assert told(found) == [("user", "Ask"), ("assistant", "One")]
    assert [node.parent for node in found.nodes] == [None, "u", "u"]


def test_the_text_of_attached_documents_comes_and_what_is_only_named_is_named() -> None:
    turn = claude_turn(
        "u",
        "human",
        "Look",
        attachments=[
            {
                "file_name": "chart.pdf",
                "file_type": "pdf",
                "file_size": 9,
                "extracted_content": "Depths: 5 m",
            },
            {"file_name": "", "file_size": 3, "extracted_content": "abc"},
        ],
        files=[{"file_name": "photo.jpg", "file_uuid": "f-1"}],
    )
    [node] = read_one([claude(turn)]).nodes
    assert [(file.name, file.size) for file in node.files] == [
        ("chart.pdf.txt", 11),
        ("pasted.txt", 3),
        ("photo.jpg", 0),
    ]
    opened = node.files[0].open
    assert opened is not None
    assert opened().read() == b"Depths: 5 m"
    assert node.files[2].open is None
