"""Page numbers: stamped below each page once it is known how many there are."""

from __future__ import annotations

import io
from functools import lru_cache

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

from exports.printing.fonts import font_file
from exports.printing.writer import Writer

SIZE = 8
"""In points; the colour and the place are those of the running head."""
COLOUR = "0.4 g"
BELOW = 30
FACE = "fontpkg_source_sans_3"


class Folios:
    """`words` are what is stamped, with `{page}` and `{pages}` in it; `font` is the object for it."""

    def __init__(self, writer: Writer, words: str) -> None:
        self._words = words
        self._face = _Face("".join(sorted({*words, *"0123456789"})))
        self.font = self._face.embed(writer)

    def drawn(self, number: int, pages: int, width: float) -> bytes:
        """What draws it, centred: to stand before all else of the page, which may leave the axes turned."""
        text = self._words.format(page=number, pages=pages)
        left = (width - self._face.width(text) * SIZE / 1000) / 2
        shown = f"BT {COLOUR} /Folio {SIZE} Tf {left:.2f} {BELOW} Td <{self._face.glyphs(text)}> Tj ET"
        # An artifact is not read aloud.
        return f"/Artifact BMC q {shown} Q EMC\n".encode()


class _Face:
    """As much of a font as these letters take."""

    def __init__(self, letters: str) -> None:
        self._content, self._glyphs, self._widths = _cut(letters)

    def glyphs(self, text: str) -> str:
        return "".join(f"{self._glyphs.get(letter, 0):04x}" for letter in text)

    def width(self, text: str) -> float:
        """In thousandths of the size."""
        return sum(self._widths.get(self._glyphs.get(letter, 0), 0) for letter in text)

    def embed(self, writer: Writer) -> int:
        font, descendant, about, program, letters = range(first := writer.take(5), first + 5)
        widths = " ".join(f"{glyph} [{width}]" for glyph, width in sorted(self._widths.items()))
        name = "/PARLEY+SourceSans3"
        _put(
            writer, font, f"/Type /Font /Subtype /Type0 /BaseFont {name} /Encoding /Identity-H"
            f" /DescendantFonts [{descendant} 0 R] /ToUnicode {letters} 0 R",
        )  # fmt: skip
        _put(
            writer, descendant, f"/Type /Font /Subtype /CIDFontType2 /BaseFont {name} /CIDToGIDMap /Identity"
            f" /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>"
            f" /W [{widths}] /FontDescriptor {about} 0 R",
        )  # fmt: skip
        _put(
            writer, about, f"/Type /FontDescriptor /FontName {name} /Flags 4 /FontBBox [-500 -300 1200 1000]"
            f" /ItalicAngle 0 /Ascent 984 /Descent -273 /CapHeight 660 /StemV 80 /FontFile2 {program} 0 R",
        )  # fmt: skip
        size = b"<< /Length %d /Length1 %d >>" % (len(self._content), len(self._content))
        writer.put_stream(program, size, self._content)
        named = self._letters()
        writer.put_stream(letters, b"<< /Length %d >>" % len(named), named)
        return font

    def _letters(self) -> bytes:
        """Which letter each glyph is, for whoever searches or copies."""
        pairs = "\n".join(f"<{glyph:04x}> <{ord(letter):04x}>" for letter, glyph in self._glyphs.items())
        return (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
            "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
            "/CMapName /Adobe-Identity-UCS def /CMapType 2 def\n"
            "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
            f"{len(self._glyphs)} beginbfchar\n{pairs}\nendbfchar\n"
            "endcmap CMapName currentdict /CMap defineresource pop end end"
        ).encode()


def _put(writer: Writer, number: int, about: str) -> None:
    writer.put(number, f"<< {about} >>".encode())


@lru_cache(maxsize=8)
def _cut(letters: str) -> tuple[bytes, dict[str, int], dict[int, int]]:
    """A font of these letters, the glyph of each, and by its glyph how wide each is."""
    file = font_file(FACE)
    assert file, "the package of the font is a dependency"
    with TTFont(file) as font:
        options = subset.Options(layout_features=[], notdef_outline=True)
        subsetter = subset.Subsetter(options)
        subsetter.populate(text=letters)
        subsetter.subset(font)
        static = instantiateVariableFont(font, {"wght": 400}, static=True)
        out = io.BytesIO()
        static.save(out)
        named = static.getBestCmap()
        glyphs = {letter: static.getGlyphID(named[ord(letter)]) for letter in letters if ord(letter) in named}
        scale = 1000 / static["head"].unitsPerEm
        widths = {
            glyph: round(static["hmtx"][static.getGlyphName(glyph)][0] * scale) for glyph in glyphs.values()
        }
    return out.getvalue(), glyphs, widths
