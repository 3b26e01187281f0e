"""ChatGPT's exports, of several ages: what was said, thought, run and shown there is here.

Proves F1.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.chat.importing.exports import (
    PNG,
    ROOT,
    T0,
    gpt,
    gpt_message,
    gpt_talk,
    packed,
    read,
    read_one,
    told,
)

HIDDEN = {"is_visually_hidden_from_conversation": True}


def test_a_plain_conversation_comes_with_its_times_and_models() -> None:
    slug = {"model_slug": "gpt-4o", "finish_details": {"type": "max_tokens"}}
    conversation = gpt(
        {
            ROOT: (None, None),
            "s": (ROOT, gpt_message("system", "", at=None, weight=0.0, metadata=HIDDEN)),
            "u": ("s", gpt_message("user", "How high is it?")),
            "a": ("u", gpt_message("assistant", "40 m", at=T0 + 2.25, metadata=slug)),
        },
        is_starred=True,
        is_archived=True,
    )
    found = read_one([conversation])
    assert told(found) == [("user", "How high is it?"), ("assistant", "40 m")]
    reply = found.nodes[-1]
    assert (reply.provider, reply.model, reply.finish_reason) == ("openai", "gpt-4o", "length")
    assert reply.created_at == datetime.fromtimestamp(T0, UTC) + timedelta(seconds=2.25)
    assert found.created_at == datetime.fromtimestamp(T0, UTC)
    assert (found.name, found.is_starred, found.is_archived) == ("Lighthouses", True, True)


def test_branches_stay_and_what_was_on_show_is() -> None:
    found = read_one(
        [
            gpt(
                {
                    ROOT: (None, None),
                    "u1": (ROOT, gpt_message("user", "First wording")),
                    "a1": ("u1", gpt_message("assistant", "One")),
                    "a2": ("u1", gpt_message("assistant", "Two")),
                    "u2": (ROOT, gpt_message("user", "Second wording")),
                    "a3": ("u2", gpt_message("assistant", "Three")),
                },
                current="a2",
            )
        ]
    )
    assert told(found) == [("user", "First wording"), ("assistant", "Two")]
    assert [(node.key, node.parent) for node in found.nodes] == [
        ("u1", None),
        ("a1", "u1"),
        ("a2", "u1"),
        ("u2", None),
        ("a3", "u2"),
    ]


def test_without_a_current_node_the_newest_way_is_on_show() -> None:
    conversation = gpt_talk("One", "Two")
    conversation["mapping"]["late"] = {
        "id": "late",
        "parent": "c1-0",
        "children": [],
        "message": gpt_message("assistant", "Two again", at=T0 + 60),
    }
    conversation["current_node"] = None
    assert told(read_one([conversation]))[-1] == ("assistant", "Two again")


def test_what_was_hidden_there_is_hidden_here() -> None:
    context = {
        "content_type": "user_editable_context",
        "user_profile": "I sail.",
        "user_instructions": "Be brief.",
    }
    found = read_one(
        [
            gpt(
                {
                    "c": (None, gpt_message("user", content=context, metadata=HIDDEN)),
                    "u": ("c", gpt_message("user", "Hello")),
                }
            )
        ]
    )
    assert [(node.role, node.visibility, node.content) for node in found.nodes] == [
        ("system", "hidden", "I sail.\n\nBe brief."),
        ("user", "shown", "Hello"),
    ]


def test_code_that_ran_is_a_call_and_its_result() -> None:
    code = {"content_type": "code", "language": "unknown", "text": "print(6 * 7)"}
    output = {"content_type": "execution_output", "text": "42"}
    images = {
        "aggregate_result": {"messages": [{"message_type": "image", "image_url": "file-service://file-Plot"}]}
    }
    conversation = gpt(
        {
            "u": (None, gpt_message("user", "Reckon")),
            "c": ("u", gpt_message("assistant", content=code, recipient="python")),
            "r": ("c", gpt_message("tool", content=output, name="python", metadata=images)),
            "a": ("r", gpt_message("assistant", "It is 42.")),
        }
    )
    found = read_one(packed({"conversations.json": [conversation], "file-Plot-x.png": PNG}))
    call, result = found.nodes[1].parts[0], found.nodes[2].parts[0]
    assert (call["type"], call["name"], call["arguments"]) == (
        "tool-call",
        "python",
        {"code": "print(6 * 7)", "language": "python"},
    )
    assert (result["type"], result["name"], result["result"], result["id"]) == (
        "tool-result",
        "python",
        "42",
        call["id"],
    )
    [plot] = found.nodes[2].files
    assert plot.open is not None
    assert plot.open().read() == PNG
    assert [node.role for node in found.nodes] == ["user", "assistant", "tool", "assistant"]


def test_what_was_thought_goes_with_the_reply_that_follows() -> None:
    thoughts = {"content_type": "thoughts", "thoughts": [{"summary": "Weighing", "content": "Hm."}]}
    recap = {"content_type": "reasoning_recap", "content": "Thought for 8s"}
    found = read_one(
        [
            gpt(
                {
                    "u": (None, gpt_message("user", "Why?")),
                    "t": ("u", gpt_message("assistant", content=thoughts)),
                    "r": ("t", gpt_message("assistant", content=recap)),
                    "a": ("r", gpt_message("assistant", "Because.")),
                    "u2": ("a", gpt_message("user", "Go on")),
                    "t2": ("u2", gpt_message("assistant", content=thoughts, status="in_progress")),
                }
            )
        ]
    )
    reply, last = found.nodes[1], found.nodes[3]
    text = "**Weighing**\n\nHm."
    assert (reply.content, reply.parent, reply.parts[0]["text"]) == ("Because.", "u", text)
    assert (last.content, last.parts[0]["text"]) == ("", text)
    assert told(found)[-1] == ("assistant", "")


def test_pictures_are_found_in_the_zip_by_every_name_that_they_had() -> None:
    def picture(pointer: str) -> dict[str, object]:
        return {"content_type": "image_asset_pointer", "asset_pointer": pointer, "width": 1}

    content = {
        "content_type": "multimodal_text",
        "parts": [
            picture("file-service://file-OldOne"),
            picture("sediment://file_00ab#x"),
            picture("sediment://file_gone"),
            {"content_type": "audio_transcription", "text": "said aloud"},
            "What is this?",
        ],
    }
    names = {
        "attachments": [{"id": "file-OldOne", "name": "sea.png"}, {"id": "file-Pdf", "name": "chart.pdf"}]
    }
    conversation = gpt({"u": (None, gpt_message("user", content=content, metadata=names))})
    found = read_one(
        packed(
            {
                "export/conversations-000.json": [conversation],
                "export/user.json": {"id": "user-1"},
                "export/chat.html": "<html>",
                "export/file-OldOne-sea.png": PNG,
                "export/user-1/file_00ab-1234.png": PNG,
                "export/file-Pdf-chart.pdf": b"%PDF-1.4",
            }
        )
    )
    [node] = found.nodes
    assert node.content == "said aloud\n\nWhat is this?"
    assert [(file.name, file.open is None) for file in node.files] == [
        ("sea.png", False),
        ("file_00ab-1234.png", False),
        ("file_gone", True),
        ("chart.pdf", False),
    ]


def test_citations_become_links_or_go() -> None:
    mark = "\ue200cite\ue202turn0search1\ue201"
    references = [{"matched_text": mark, "alt": "([Tides](https://tides.example))"}]
    text = f"High water at six {mark}, low at noon \ue200cite\ue202turn0search2\ue201."
    reply = gpt_message("assistant", text, metadata={"content_references": references})
    [node] = read_one([gpt({"a": (None, reply)})]).nodes
    assert node.content == "High water at six ([Tides](https://tides.example)), low at noon ."


def test_an_export_in_parts_is_read_part_by_part() -> None:
    shards = {f"conversations-00{n}.json": [gpt_talk("Hi", key=f"c{n}")] for n in (1, 0)}
    found = read(packed({**shards, "message_feedback.json": [], "shared_conversations.json": []}))
    assert [one.key for one in found if hasattr(one, "key")] == ["c0", "c1"]


def test_a_single_conversation_and_a_wrapped_list_are_read_too() -> None:
    assert read_one(gpt_talk("Hi")).name == "A talk"
    assert read_one({"conversations": [gpt_talk("Hi")]}).name == "A talk"
