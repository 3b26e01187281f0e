"""Makes a conversation of Alice's with all that a message can have. Run within a Parley's environment."""

from __future__ import annotations

from django.utils import timezone

from chat.models import Extra, MessageEdit, Reaction, Session, UsageDay, User
from tests.browser.test_attaching import png
from tests.chat.usage import limit, took
from tests.factories import (
    add_message,
    make_annotation,
    make_attachment,
    make_session,
    make_summary,
    messages_of,
    note_sent,
)

REPLY = """# One

### Three

| a | b |
|---|---|
| 1 | 2 |

```py
x = 1
```

$x^2$ and a note.[^1]

- [x] done

[^1]: Here.
"""


def main() -> Session:
    alice = User.objects.get(username="alice")
    words = ["Look at these", REPLY, "And **then**?", "Nothing."]
    session = make_session(alice, words, name="A furnished conversation")
    question, reply, *_ = messages_of(session)
    for place, name in enumerate(("sea.png", "sky.png")):
        picture = {"kind": "image", "mime_type": "image/png", "message": question, "position": place}
        make_attachment(alice, name=name, content=png(), **picture)
    make_attachment(alice, message=question, position=2)
    for message in (question, reply):
        MessageEdit.objects.create(
            message=message, content=message.content[:9], editor=alice, edited_at=timezone.now()
        )
    Reaction.objects.create(message=reply, user=alice, emoji="👍")
    make_annotation(reply, "Well said.")
    other = {"role": "assistant", "depth": 1, "is_active": False, "model": "large"}
    add_message(session, question, "Another answer", **other)
    _use(alice)
    note_sent(
        reply,
        [question],
        system_prompt="Be brief.",
        window=8192,
        made_of={
            "sections": [
                {"name": "system", "title": "", "tokens": 4, "cut": False},
                {"name": "tides", "title": "The tides", "tokens": 9, "cut": True, "text": "High at noon."},
            ],
            **{"turns": 600, "files": 200, "window": 8192, "reply": 2048},
            **{"left_out": "window", "from_depth": 0},
        },
    )
    make_summary(reply, "They looked at two pictures.")
    make_summary(messages_of(session)[-1], "They **looked** at two pictures.", purpose="reading")
    suggest(session)
    return session


def suggest(session: Session) -> None:
    """Questions below its last reply; a title and tags that were asked for."""
    questions = [
        "How far is it?",
        "Which of the two was taken first, and where would one have stood?",
    ]
    Session.objects.filter(pk=session.pk).update(
        follow_ups={"message_id": str(messages_of(session)[-1].pk), "questions": questions}
    )
    tags = [{"name": "sea", "is_new": False}, {"name": "pictures", "is_new": True}]
    for purpose, data in (("naming", {"title": "Two pictures"}), ("tags", {"tags": tags})):
        Extra.objects.create(
            session=session, owner=session.owner, purpose=purpose, status="complete", data=data
        )


def _use(alice: User) -> None:
    """Once: two files that share a server furnish it."""
    if UsageDay.objects.filter(user=alice).exists():
        return
    for days_ago, model in enumerate(("large", "small", "other")):
        took(alice, 1 + days_ago, days_ago, model=model, input_tokens=5000, unknown_costs=days_ago % 2)
    for cost in (10, 7):
        limit(cost=cost, user=alice)
