"""How much an import may hold. Whatever is beyond was made to hurt, or would."""

from __future__ import annotations

from chat.phrases import Phrase

# Of one conversation.
MAX_NODES = 200_000
MAX_CHARS = 64_000_000
# Values of a conversation that are held at once, beside its messages.
MAX_VALUES = 2_000_000
MAX_DEPTH = 100
# Characters of one message.
MAX_TEXT = 2_000_000
# Bytes of one text in the file: a file of 20 MB as base64, and some room.
MAX_TOKEN = 40_000_000
# Of a zip: its entries, the list of them, what its documents may grow to, and how far.
MAX_ENTRIES = 100_000
MAX_LIST_BYTES = 32_000_000
MAX_UNPACKED = 8_000_000_000
MAX_RATIO = 300
# Smaller ones harm nobody.
RATIO_FROM_BYTES = 50_000_000


class UnreadableFile(Exception):
    """Nothing of the file can be brought in, or nothing after this point."""

    def __init__(self, words: Phrase) -> None:
        super().__init__(words)
        self.words = words
