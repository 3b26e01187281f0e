"""How a model's window is shared out: so much for its reply, the rest for what it is given."""

from __future__ import annotations

from dataclasses import dataclass, replace

# A model whose window nobody has told: most that are in use hold this, and a server that holds less and
# cuts in silence loses the least.
UNKNOWN_WINDOW = 8192
# For the reply where the session does not say: a part of the window, no more than most replies take.
REPLY_SHARE = 4
REPLY_TOKENS = 16_384
# A question that is longer than expected may take of the reply's share, but for this.
LEAST_REPLY = 256


@dataclass(frozen=True, slots=True)
class Budget:
    """In tokens."""

    window: int
    reply: int
    # What the reply has said and done itself so far.
    spent: int = 0

    def less(self, tokens: int) -> Budget:
        """The same, of which so many are spent."""
        return replace(self, spent=self.spent + tokens)

    @property
    def room(self) -> int:
        """What may be given."""
        return max(0, self.window - self.reply - self.spent)


def budget_for(*, window: int | None, max_tokens: int | None, max_output: int | None) -> Budget:
    """The reply's share is what the session allows it, or what such a model writes at most."""
    known = window or UNKNOWN_WINDOW
    most = min(REPLY_TOKENS, max_output or REPLY_TOKENS)
    reply = max_tokens or min(known // REPLY_SHARE, most)
    return Budget(known, min(reply, known - known // REPLY_SHARE))
