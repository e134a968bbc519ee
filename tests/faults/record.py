"""What a run of faults has shown, as the table that docs/operations.md keeps: a line a fault. Not here: the judging."""

from dataclasses import dataclass
from pathlib import Path

BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"
HEADS = ("fault", "attempts", "committed", "lost", "applied twice", "seconds to recover")


@dataclass(frozen=True)
class Line:
    """One fault: how often it was made, events committed meanwhile, lost, applied twice, the slowest recovery."""

    fault: str
    attempts: int
    committed: int
    lost: int
    twice: int
    seconds: float


@dataclass(frozen=True)
class Broken:
    """An invariant that was broken on purpose: by which change to the shipped code, and whether that was seen."""

    invariant: str
    mutation: str
    seen: bool


class Record:
    """The lines of one run."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.lines: list[Line] = []
        self.broken: list[Broken] = []

    def text(self) -> str:
        """The tables in Markdown."""
        rows = [
            (
                line.fault,
                str(line.attempts),
                f"{line.committed:,}",
                str(line.lost),
                str(line.twice),
                f"{line.seconds:.1f}",
            )
            for line in self.lines
        ]
        parts = [f"Seed {self.seed}.", "", *_table(HEADS, rows)]
        if self.broken:
            told = [(each.invariant, each.mutation, "yes" if each.seen else "NO") for each in self.broken]
            parts += ["", *_table(("invariant", "broken by", "seen"), told)]
        return "\n".join(parts)

    def keep(self, page: Path) -> None:
        """Put the tables between the marks of a page."""
        before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
        _, found, after = rest.partition(END)
        assert found, f"{page} has no place for the table"
        page.write_text(f"{before}{BEGIN}\n\n{self.text()}\n\n{END}{after}", encoding="utf-8")


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (heads, ("---",) * len(heads), *rows)]
