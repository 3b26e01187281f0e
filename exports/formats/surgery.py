"""Changes in a Markdown text that its parser was asked about: headings, fences, labels, what looks like HTML.

The lines stay the lines that they were but for underlined headings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from chat.rendering.blocks import parse
from chat.rendering.context import Context
from chat.rendering.lines import to_lines
from chat.rendering.mentions import Mention, Mentions, SourceParser
from chat.rendering.nodes import Node
from chat.rendering.tree import TASK
from exports.formats.changes import Changes

_PIPE = re.compile(r"(?<!\\)\|")
_BLANK = ("\n", " ", "\t")


def operated(text: str, prefix: str, language: str, mark: Callable[[int], str]) -> str:
    """The text, its labels beginning with `prefix`, its code in `language`, its headings as `mark` says."""
    lines = to_lines(text)
    parser = SourceParser()
    for line in lines:
        parser.feed(line)
    parser.finish()
    work = _Operation(lines, parser, prefix, language)
    work.labels()
    work.blocks(parser.root.children, mark)
    work.dollars(parser.root.children)
    made = work.changes.made()
    return f"{made}\n{parser.closing}".lstrip("\n") if parser.closing else trimmed(made)


def trimmed(text: str) -> str:
    """Without blank lines around it; a space at its end may mean something."""
    if text[:1] != "\n" and text[-1:] not in _BLANK:
        return text
    bare = text.lstrip("\n")
    end = bare.find("\n", len(bare.rstrip(" \t\n")))
    return bare if end < 0 else bare[:end]


class _Operation:
    """Looks for what has to be changed."""

    def __init__(self, lines: list[str], parser: SourceParser, prefix: str, language: str) -> None:
        self._lines = lines
        self._parser = parser
        self._prefix = prefix
        self._language = language
        self._mentions = Mentions()
        self._mentions.use(Context("", parser.references, parser.footnotes))
        self.changes = Changes(lines)
        # By line: up to where footnotes were looked for, and where definitions begin.
        self._told: dict[int, int] = {}
        self._defined: dict[int, int] = {}

    def labels(self) -> None:
        for number, text, column in self._parser.definitions:
            line = number - 1
            begun = self._lines[line].rfind(text)
            self.changes.add(line, begun + column, 0, self._prefix)
            self._defined.setdefault(line, begun)

    def blocks(self, nodes: Sequence[Node], mark: Callable[[int], str]) -> None:
        for place, node in enumerate(nodes):
            match node.kind:
                case "heading":
                    self._heading(node, mark(node.number))
                case "fence":
                    self._fence(node)
                case "footnote":
                    self._footnote(node)
                case "paragraph":
                    self._text(_first_line(node), node.lines)
                case "term":
                    self._term(nodes, place)
                case "table":
                    self._table(node)
            if node.kind in ("item", "definition"):
                self._item(node, mark)
            else:
                self.blocks(node.children, mark)

    def dollars(self, blocks: Sequence[Node]) -> None:
        """A formula that was never closed would go on to the document's end elsewhere; here it is a text."""
        for node in blocks:
            text = "\n".join(node.lines)
            if node.kind != "paragraph" or node.marker != "$$" or "$$" in text[2:]:
                continue
            first = _first_line(node)
            made = parse(rf"\$\${text[2:]}").root.children
            is_text = len(made) == 1 and made[0].kind == "paragraph" and len(made[0].lines) == len(node.lines)
            if is_text and (first == 0 or not self._lines[first - 1].strip()):
                self.changes.add(first, self._lines[first].index("$$"), 2, r"\$\$")
                for line in range(first, first + len(node.lines)):
                    self.changes.trim(line)

    def _heading(self, node: Node, signs: str) -> None:
        if node.end > node.start:
            first = node.end - len(node.lines) - 1
            columns = self._text(first, node.lines)
            # Below definitions it may be set in as far as code.
            columns[0] = min(columns[0], self._defined.get(node.start - 1, columns[0]))
            self.changes.join(first, columns, signs)
            return
        line = node.start - 1
        source = self._lines[line]
        found = re.search(rf"(?:^|(?<=[ \t>:]))#{{{node.number}}}(?=[ \t]|$)", source)
        assert found
        self.changes.add(line, found.start(), node.number, signs)
        column = source.find(node.lines[0], found.end())
        self._make(self._mentions.of(node.lines[0]), [(line, column)], node.lines)

    def _fence(self, node: Node) -> None:
        bare = self._lines[node.start - 1].rstrip(" \t")
        if self._language and not node.info and bare.endswith(node.marker):
            self.changes.add(node.start - 1, len(bare), 0, self._language)

    def _footnote(self, node: Node) -> None:
        line = node.start - 1
        column = self._lines[line].find(f"[^{node.info}]:", self._told.get(line, 0))
        self._told[line] = column + len(node.info) + 4
        self.changes.add(line, column + 2, 0, self._prefix)

    def _item(self, node: Node, mark: Callable[[int], str]) -> None:
        first = node.children[0] if node.children else None
        if first and first.kind == "paragraph" and TASK.match(first.lines[0]):
            self._text(_first_line(first), first.lines, skip=3)
            self.blocks(node.children[1:], mark)
        else:
            self.blocks(node.children, mark)

    def _term(self, nodes: Sequence[Node], place: int) -> None:
        node = nodes[place]
        after = sum(1 for other in nodes[place + 1 :] if other.kind == "term" and other.end == node.end)
        self._text(node.end - after - 1, node.lines)

    def _table(self, node: Node) -> None:
        numbers = [node.start - 1, *range(node.start + 1, node.start + len(node.lines))]
        for number, row in zip(numbers, node.lines, strict=True):
            begun = self._lines[number].rfind(row)
            for start, cell in _cells(row):
                self._make(self._mentions.of(cell), [(number, begun + start)], [cell])

    def _text(self, first: int, lines: list[str], *, skip: int = 0) -> list[int]:
        """A block's lines from the line `first` on; returns the column in which each begins."""
        columns = [self._lines[first + place].rfind(line) for place, line in enumerate(lines)]
        text = "\n".join(lines)
        starts = [(first + place, column) for place, column in enumerate(columns)]
        self._make(self._mentions.of(" " * skip + text[skip:]), starts, lines)
        return columns

    def _make(self, mentions: list[Mention], starts: list[tuple[int, int]], lines: list[str]) -> None:
        """Changes what was found in `lines`, which begin at these lines and columns."""
        place = begun = 0
        for offset, gone, new in sorted(self._insertions(mentions, "\n".join(lines))):
            while offset > begun + len(lines[place]):
                begun += len(lines[place]) + 1
                place += 1
            line, column = starts[place]
            self.changes.add(line, column + offset - begun, gone, new)

    def _insertions(self, mentions: list[Mention], text: str) -> Iterator[tuple[int, int, str]]:
        """Where, how many characters go, and what comes."""
        for mention in mentions:
            start, end = mention.start, mention.end
            label = " ".join(mention.label.split())
            match mention.kind:
                case "tag":
                    yield start, 0, "\\"
                case "glued":
                    yield start, 1, "&lt;"
                case "script":
                    yield start, 1, "&#40;"
                case "address":
                    yield from ((start, 0, "<"), (end, 0, ">"))
                case "footnote":
                    yield start + 2, 0, self._prefix
                case "full":
                    yield end - len(text[start + 1 : end].lstrip()), 0, self._prefix
                case "collapsed":
                    yield start + 1, 0, f"{self._prefix}{label}"
                case "shortcut":
                    yield end, 0, f"[{self._prefix}{label}]"


def _first_line(paragraph: Node) -> int:
    """Definitions may stand above its text; below what was to be a formula there may be a blank line."""
    return (paragraph.start if paragraph.marker else paragraph.end - len(paragraph.lines) + 1) - 1


def _cells(row: str) -> Iterator[tuple[int, str]]:
    start = 0
    for pipe in _PIPE.finditer(row):
        yield start, row[start : pipe.start()]
        start = pipe.end()
    yield start, row[start:]
