"""Open WebUI's chats.

Proves F1.
"""

from __future__ import annotations

import base64
import html
import json

from tests.chat.importing.exports import PNG, read, read_one, told, webui


def test_a_chat_comes_with_its_branches_tags_and_system_prompt() -> None:
    chat = webui(
        {
            "u": (None, "user", "Which knot?"),
            "a1": ("u", "assistant", "A bowline."),
            "a2": ("u", "assistant", "A reef knot."),
        },
        current="a1",
        pinned=True,
        archived=True,
        meta={"tags": ["sailing", {"name": "rope"}]},
        params={"system": "Be brief."},
    )
    found = read_one([chat])
    assert told(found) == [("user", "Which knot?"), ("assistant", "A bowline.")]
    assert [node.key for node in found.nodes] == ["u", "a1", "a2"]
    assert (found.tags, found.is_starred, found.is_archived) == (("sailing", "rope"), True, True)
    assert found.settings == {"system_prompt": "Be brief."}
    assert found.nodes[1].model == "llama3.2:3b"
    assert read_one(chat).name == "Knots"


def test_thoughts_tools_and_code_in_the_text_become_parts() -> None:
    arguments = html.escape(json.dumps(json.dumps({"query": "knots"})))
    result = html.escape(json.dumps("A <bowline> holds."))
    content = (
        '<details type="reasoning" done="true" duration="3">\n<summary>Thought for 3 seconds</summary>\n'
        "&gt; Hm.\n&gt; Indeed.\n</details>\n"
        f'<details type="tool_calls" done="true" id="call_1" name="search" arguments="{arguments}" '
        f'result="{result}" files="" embeds="">\n<summary>Tool Executed</summary>\n</details>\n'
        "Take a bowline."
    )
    found = read_one([webui({"u": (None, "user", "Which?"), "a": ("u", "assistant", content)})])
    assert told(found) == [
        ("user", "Which?"),
        ("assistant", ""),
        ("tool", ""),
        ("assistant", "Take a bowline."),
    ]
    thought, call = found.nodes[1].parts
    assert thought["text"] == "Hm.\nIndeed."
    assert (call["name"], call["arguments"]) == ("search", {"query": "knots"})
    assert found.nodes[2].parts[0]["result"] == "A <bowline> holds."


def test_what_is_not_closed_stays_as_it_is() -> None:
    content = 'See <details type="reasoning"> and <details>this</details> and <b>that</b>'
    broken = read_one([webui({"a": (None, "assistant", content.replace("</details>", ""))})])
    assert broken.nodes[0].content == content.replace("</details>", "")


def test_pictures_usage_and_failures_come_along() -> None:
    url = "data:image/png;base64," + base64.b64encode(PNG).decode()
    found = read_one(
        [
            webui(
                {"u": (None, "user", "See"), "a": ("u", "assistant", "")},
                extra={
                    "u": {
                        "files": [
                            {"type": "image", "url": url},
                            {"type": "file", "name": "far.pdf", "url": "x"},
                        ]
                    },
                    "a": {
                        "error": {"content": "No such model"},
                        "usage": {"prompt_eval_count": 7, "eval_count": 9, "total_duration": 2_500_000_000},
                    },
                },
            )
        ]
    )
    said, reply = found.nodes
    assert [(file.name, file.size, file.open is None) for file in said.files] == [
        ("picture-1.png", len(PNG), False),
        ("far.pdf", 0, True),
    ]
    assert (reply.status, reply.error and reply.error["detail"]) == ("error", "No such model")
    assert (reply.input_tokens, reply.output_tokens, reply.duration_ms) == (7, 9, 2500)


def test_all_chats_of_an_account_are_one_list() -> None:
    chats = [webui({"u": (None, "user", "Hi")}, id=f"chat-{number}") for number in range(3)]
    assert [getattr(one, "key", "") for one in read(chats)] == ["chat-0", "chat-1", "chat-2"]
