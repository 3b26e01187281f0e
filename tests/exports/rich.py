"""One conversation with everything in it that a format has to write: golden files are made from it.

Its ids and times are fixed, so that what is made of it is the same each time.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from PIL import Image

from chat.models import Annotation, Attachment, Message, Reaction, Session, SessionTag, User
from tests.factories import add_message, make_attachment, make_session

BEGUN = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
CODE = '''Here is a function:

```python
def greet(name: str) -> str:
    """Say hello to <somebody> & everybody."""
    return f"Hello, {name}! {'a long literal that does not fit into a printed line, so it has to wrap'}"
```

```
no language here
	a tab, and trailing space  
```

1. Install it:

   ```bash
   pip install "parley>=1" && echo $HOME
   ```

2. Run it.
'''
LISTS = """## A plan

- first
- second
  - nested **bold**, *italic*, ~~gone~~ and `code`
    1. deeper
    2. deeper still
- third

### Tasks

- [x] write it
- [ ] print it

> A quote
>
> > within a quote
> > - with a list

Term
: What it means

---

It was so[^1], and is[^two].

[^1]: A first note, with [a link](https://example.org/notes?a=1&b=2 "Title").
[^two]: A second.
"""
TABLES = """| Name | Wert | Preis |
|:-----|:----:|------:|
| Apfel | **rot** | 1,20 € |
| 日本語 | 你好，世界 | ¥1,000 |
| a \\| b | `x|y` | =SUM(A1:A2) |

The end of line  
breaks here, see <https://example.org> and ![a cat](https://example.org/cat.png).
"""
MATHS = r"""Euler: $e^{i\pi} + 1 = 0$, and

$$
\int_0^\infty e^{-x^2}\,dx = \frac{\sqrt{\pi}}{2}, \qquad
A = \begin{pmatrix} a & b \\ c & d \end{pmatrix}
$$

It costs $5 or $10.
"""
SCRIPTS = """English, Ελληνικά, русский, 中文排版，日本語のテキスト、한국어.

مرحبا بالعالم، هذا نص عربي مع كلمة Parley في وسطه.

שלום עולם, זה טקסט בעברית עם מספר 123.

नमस्ते दुनिया · ภาษาไทย · 👩‍👩‍👧 🎉 👍🏽 · e\u0301 · “quotes” – dashes…
"""


def make_rich_session(owner: User) -> Session:
    """Ten messages on show and one that is not, with files, notes, reactions, thoughts and tools."""
    session = make_session(
        owner,
        id=UUID(int=0x01990000_0000_7000_8000_000000000001),
        name="A rich conversation: “all” <of> it & more",
        provider="scripted",
        model="oracle-1",
        total_tokens=1234,
        cost=Decimal("0.0123"),
    )
    for tag in ("research", "to print"):
        SessionTag.objects.create(session=session, name=tag)
    question = _add(session, None, "Show me a function, please.\n\nAnd **everything** else.", 1)
    _picture(owner, question)
    code = _add(session, question, CODE, 2, **_answered("oracle-1"))
    _add(session, question, "A first try that was *not* kept.", 3, **_answered("oracle-0"), is_active=False)
    lists = _add(session, code, "Now lists", 4)
    listed = _add(
        session,
        lists,
        LISTS,
        5,
        **_answered("oracle-1"),
        parts=[{"text": "They want lists.\nAll of them.", "type": "reasoning", "state": "complete"}],
    )
    tables = _add(session, listed, "Tables, and maths, in many scripts", 6)
    call = {
        "id": "call-1",
        "name": "look_up",
        "type": "tool-call",
        "state": "complete",
        "arguments": {"limit": 3, "query": "prices <b>"},
    }
    tabled = _add(session, tables, TABLES, 7, **_answered("oracle-1"), parts=[call])
    result = _add(session, tabled, '{"rows": [1, 2, 3]}', 8, role="tool", author=None)
    maths = _add(session, result, MATHS, 9, **_answered("oracle-1"))
    line = _add(session, maths, "The system says so.", 10, role="system", author=None)
    _add(session, line, SCRIPTS, 11)
    _margins(owner, listed)
    Session.objects.filter(pk=session.pk).update(
        message_count=10, created_at=BEGUN, updated_at=BEGUN + timedelta(minutes=12)
    )
    session.refresh_from_db()
    return session


def _add(session: Session, parent: Message | None, content: str, number: int, **fields: object) -> Message:
    values = {"role": "user" if "provider" not in fields else "assistant", **fields}
    author = session.owner if values["role"] == "user" else None
    message = add_message(
        session,
        parent,
        content,
        id=UUID(int=0x01990000_0000_7000_8000_000000000100 + number),
        **{"author": author, **values},
    )
    moment = BEGUN + timedelta(minutes=number)
    Message.objects.filter(pk=message.pk).update(created_at=moment, updated_at=moment)
    message.refresh_from_db()
    return message


def _answered(model: str) -> dict[str, object]:
    return {
        "provider": "scripted", "model": model, "input_tokens": 100, "output_tokens": 200,
        "cost": Decimal("0.0012"), "first_token_ms": 120, "duration_ms": 3400, "tokens_per_second": 58.8,
        "finish_reason": "stop",
    }  # fmt: skip


def _picture(owner: User, message: Message) -> None:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((320, 200)).convert("RGB").save(out, "PNG")
    fields = {"kind": Attachment.Kind.IMAGE, "mime_type": "image/png", "message": message, "position": 0}
    make_attachment(owner, name="slope.png", content=out.getvalue(), **fields)
    make_attachment(owner, name="notes & more.txt", content=b"Notes", message=message, position=1)
    for number, file in enumerate(message.attachments.order_by("position"), 1):
        # The name of a file in storage has the id that it was made with; that is told nowhere.
        Attachment.objects.filter(pk=file.pk).update(
            id=UUID(int=0x01990000_0000_7000_8000_000000000200 + number)
        )


def _margins(owner: User, message: Message) -> None:
    for emoji in ("👍", "🎉"):
        Reaction.objects.create(message=message, user=owner, emoji=emoji)
    start = message.content.index("nested")
    Annotation.objects.create(
        message=message,
        author=owner,
        body="Check this, *twice*.",
        start=start,
        end=start + 6,
        quote="nested",
    )
