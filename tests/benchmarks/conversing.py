"""A long conversation as people have them with models: prose, code, lists, tables, quotes, CJK and emoji.

The same each time. A question has some 30 words, a reply about 290.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

REPLY_WORDS = 290
WORDS = """
after again all also and answer any are array as at batch be because been before between block both branch
buffer build but by cache call can case change check class client code column commit could count data day
default each end error event every field file first for format from function get give go good group had has
have here how if in index input is it item job just key kind know last less level line link list local lock
long look loop make many map match may mean message method model more most move much must name need never
new next no node not now number of off old on one only open or order other out output over own page part
path place point process query queue read record reply request result return right round row run same schema
see server session set short should side size so some source start state step still store stream such table
take task test text than that the their then there these they thing this thread through time to token too
tree turn two type under until up use user value very was way we well what when where which while who will
with word work would write year you your
""".split()  # noqa: SIM905  # two hundred quoted words read worse
HANZI = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下"
EMOJI = ["🙂", "🚀", "✅", "⚠️", "🔥", "💡", "🎉", "👩‍💻", "👍🏽", "🇯🇵"]
# What lines of code look like: the Greek letters are names, and ν is a number.
LANGUAGES = {
    "python": ["def α(β, γ=ν):", '    return α.β("γ", [ν, None])', "    # α of β", "    α = {β: f'{γ} ν'}"],
    "javascript": ["function α(β, γ = ν) {", "  return α.β(`${γ}`, null);", "  // α of β", "}"],
    "go": ["func α(β string, γ int) error {", '\treturn fmt.Errorf("β: %w", γ)', "\t// α of β", "}"],
    "rust": ["fn α<T: Clone>(β: &T) -> u64 {", '    let mut γ = β::new("α", ν);', "    // α of β", "}"],
    "sql": ["SELECT α, COUNT(*) FROM β", "  WHERE γ > ν AND α LIKE '%β%' -- γ", "GROUP BY α;"],
    "bash": ['for α in $(ls "β"); do', '  export γ="${α}/ν" # β', "done"],
}


def conversation(count: int, seed: int = 5) -> Iterator[str]:
    """So many messages, a question and a reply in turns."""
    speaker = Speaker(random.Random(seed))
    for number in range(count):
        yield speaker.reply() if number % 2 else speaker.question()


class Speaker:
    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self._blocks: list[tuple[int, Callable[[], str]]] = [
            (32, self.paragraph), (10, self.code), (13, self.bullets), (9, self.steps), (7, self.table),
            (6, self.quote), (10, self.section), (6, self.hanzi),
        ]  # fmt: skip

    def question(self) -> str:
        kind = self.dice.random()
        if kind < 0.1:
            return self.hanzi()
        return f"{self.sentence()}\n\n{self.code()}" if kind < 0.2 else self.paragraph()

    def reply(self) -> str:
        weights, blocks = zip(*self._blocks, strict=True)
        made = [self.paragraph()]
        while sum(len(block.split()) for block in made) < REPLY_WORDS - 27:
            made.append(self.dice.choices(blocks, weights)[0]())
        return "\n\n".join(made)

    def words(self, least: int, most: int) -> list[str]:
        return self.dice.choices(WORDS, k=self.dice.randint(least, most))

    def sentence(self, least: int = 7, most: int = 20) -> str:
        words = self.words(least, most)
        at, kind = self.dice.randrange(len(words)), self.dice.random()
        word = words[at]
        if kind < 0.15:
            words[at] = f"**{word}**"
        elif kind < 0.3:
            words[at] = f"`{word}_{self.dice.choice(WORDS)}()`"
        elif kind < 0.36:
            words[at] = f"*{word}*"
        elif kind < 0.41:
            words[at] = f"[{word}](https://example.org/{word}/{self.dice.randrange(999)})"
        elif kind < 0.45:
            words[at] = f"{word} {self.dice.choice(EMOJI)}"
        return " ".join(words).capitalize() + self.dice.choice("....?!")

    def paragraph(self) -> str:
        return " ".join(self.sentence() for _ in range(self.dice.randint(1, 4)))

    def section(self) -> str:
        title = " ".join(self.words(2, 5)).capitalize()
        return f"{'#' * self.dice.randint(2, 3)} {title}\n\n{self.paragraph()}"

    def bullets(self) -> str:
        lines = []
        for _ in range(self.dice.randint(3, 6)):
            lines.append(f"- {self.sentence(5, 13)}")
            if self.dice.random() < 0.2:
                lines.append(f"  - {self.sentence(4, 8)}")
        return "\n".join(lines)

    def steps(self) -> str:
        return "\n".join(f"{place}. {self.sentence(5, 13)}" for place in range(1, self.dice.randint(4, 7)))

    def table(self) -> str:
        columns = self.dice.randint(3, 4)
        rows = [[" ".join(self.words(1, 3)) for _ in range(columns)] for _ in range(self.dice.randint(4, 8))]
        rows.insert(1, ["---"] * columns)
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)

    def quote(self) -> str:
        return "\n".join(f"> {self.sentence()}" for _ in range(self.dice.randint(1, 3)))

    def hanzi(self) -> str:
        parts = ("".join(self.dice.choices(HANZI, k=self.dice.randint(8, 20))) for _ in range(5))
        return "，".join(parts) + "。"

    def code(self) -> str:
        language = self.dice.choice(list(LANGUAGES))
        lines = [self._line(language) for _ in range(self.dice.randint(6, 20))]
        return "\n".join([f"```{language}", *lines, "```"])

    def _line(self, language: str) -> str:
        line = self.dice.choice(LANGUAGES[language])
        for name in "αβγ":
            if name in line:
                line = line.replace(name, "_".join(self.words(1, 2)))
        return line.replace("ν", str(self.dice.randrange(10_000)))
