"""How much a file may take of the machine."""

from __future__ import annotations

MAX_CHARS = 1_000_000
"""Of text, of one file: some 250,000 tokens, which is more than most windows hold."""
MAX_BODY = 12 << 20
"""Bytes that come out: that text in any script, or a picture."""
READING_SECONDS = 20.0
"""After so long a document ends where it is: the text until then is of use."""
CPU_SECONDS = 40
WALL_SECONDS = 60.0
MEMORY_BYTES = 1536 << 20
"""Of address space. A picture of MAX_PIXELS takes half of it, as does a text document of UNPACKED_BYTES."""
UNPACKED_BYTES = 200 << 20
"""What an archive may become. A workbook of a million cells has some 60 MB of XML."""
PARTS = 20_000
"""Files in an archive."""
MAX_PIXELS = 100_000_000
"""More than any camera takes in one shot."""
LONGEST_SIDE = 1568
"""Pixels. Claude scales what is larger down itself, to no gain (Anthropic's guide to vision); OpenAI fits
them into 2048 by 2048 and then to 768 on the shorter side, or counts at most 1,536 patches of 32 by 32."""
PICTURE_BYTES = 3_600_000
"""Claude takes 5 MB in base64, which is four thirds of it."""
