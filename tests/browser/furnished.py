"""Makes a conversation of Alice's with all that a message can have. Run within a Parley's environment."""

from __future__ import annotations

from django.utils import timezone

from chat.models import Generation, Message, MessageEdit, Reaction, SentPrompt, Session, User
from tests.browser.test_attaching import png
from tests.chat.usage import limit, took
from tests.factories import (
    add_message,
    make_annotation,
    make_attachment,
    make_session,
    messages_of,
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
    _note_sent(session, question, reply)
    for days_ago, model in enumerate(("large", "small", "other")):
        took(alice, 1 + days_ago, days_ago, model=model, input_tokens=5000, unknown_costs=days_ago % 2)
    for cost in (10, 7):
        limit(cost=cost, user=alice)
    return session


def _note_sent(session: Session, question: Message, reply: Message) -> None:
    generation = Generation.objects.create(message=reply, session=session, state="ended")
    SentPrompt.objects.create(
        generation=generation,
        provider="fake",
        model="large",
        system_prompt="Be brief.",
        window=8192,
        packed_ids=question.pk.bytes,
        estimated_tokens=1234,
        sent_at=timezone.now(),
    )
