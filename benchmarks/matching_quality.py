"""How well the same child is found: precision and recall by language, on invented records recorded twice.

The records are of names held out from the estimate of the weights; with --names unseen, of names that nobody looked at
while the reading of names was made. With --splink the same records go through splink 5
with the settings its tutorial proposes, as they are and in Latin letters by anyascii; it is no part of Kinward:
  python3.11 -m venv bench && bench/bin/pip install --require-hashes -r requirements-bench.lock
  bench/bin/python -m benchmarks.matching_quality --splink
What each figure is: docs/matching-quality.md. Last line JSON: by register children, precision, recall and the rest.
"""

import argparse
import importlib.util
import json
import sys
from collections import Counter
from pathlib import Path

from benchmarks.same_child import measuring, peoples, reading, registers
from benchmarks.same_child.measuring import Judged, Quality

NAMES = {"held-out": registers.HELD_OUT, "unseen": registers.UNSEEN}
COLUMNS = (
    ("precision", "precision"), ("recall", "recall"), ("possible_recall", "possible"), ("blocked", "lost"),
    ("search_recall", "search"), ("search_wrong", "s.wrong"), ("uncut_recall", "uncut"),
    ("unblocked_recall", "all pairs"),
)  # fmt: skip


def main() -> None:
    """Measure each register asked for; print as it goes."""
    asked = _arguments()
    if asked.reading:
        _print_reading(NAMES[asked.names])
        return
    if asked.splink and importlib.util.find_spec("splink") is None:
        print("splink is not installed, its figures are left out; how to install it: --help", file=sys.stderr)
        asked.splink = False
    print(f"{'register':10} {'compared':>9} " + " ".join(f"{title:>9}" for _, title in COLUMNS), flush=True)
    figures: dict[str, dict[str, float]] = {}
    changed: Counter[str] = Counter()
    found: Counter[str] = Counter()
    told: list[str] = []
    for name in asked.language or registers.REGISTERS:
        register = registers.REGISTERS[name]
        made = registers.made(register, asked.children, NAMES[asked.names], asked.seed)
        made = registers.in_one_field(made, asked.seed) if asked.one_field else made
        quality = measuring.measured(made, register.languages)
        figures[name] = {column: round(getattr(quality, column), 4) for column, _ in COLUMNS}
        print(
            f"{name:10} {quality.compared:9} " + " ".join(f"{figures[name][key]:9.4f}" for key, _ in COLUMNS),
            flush=True,
        )
        for change, (number, right) in quality.by_change.items():
            changed[change] += number
            found[change] += right
        told += _told(name, made, quality)
        if asked.splink:
            from benchmarks.same_child import by_splink

            for form in by_splink.FORMS:
                theirs = by_splink.measured(made, form)
                figures[name] |= {f"splink_{form}_{key}": value for key, value in theirs.items()}
                print(f"  splink, {form}: " + ", ".join(f"{key} {value}" for key, value in theirs.items()), flush=True)
    print("\nrecall by what was changed: " + ", ".join(f"{each} {found[each] / changed[each]:.3f}" for each in changed))
    if asked.misses:
        Path(asked.misses).write_text("\n".join(told) + "\n", encoding="utf-8")
    told_last = {"children": asked.children, "seed": asked.seed, "names": asked.names, "registers": figures}
    print(json.dumps(told_last, ensure_ascii=False))


def _print_reading(names: int) -> None:
    """How the names are read by themselves, and which forms of one name are taken for two names."""
    for language in peoples.WRITINGS:
        found = list(reading.levels(language, names))
        shares = ", ".join(
            f"{level} {n / len(found):.3f}" for level, n in Counter(e.level for e in found).most_common()
        )
        print(f"{language} {len(found):5} {shares}")
        for each in found:
            if each.level == "different":
                print(f"      {each.one} | {each.other}")


def _told(name: str, made: list[registers.Record], quality: Quality) -> list[str]:
    """The pairs missed and the wrong ones, in words."""
    lines = []
    for kind, pairs in (("missed", quality.misses), ("wrong", quality.wrong)):
        lines += [f"{name}\t{kind}\t{_line(made, each)}" for each in pairs]
    return lines


def _line(made: list[registers.Record], judged: Judged) -> str:
    one, two = (made[number] for number in judged.pair)
    sides = [
        f"{'|'.join(each.name.parts)} {each.sex} {each.birth.born_from}..{each.birth.born_to} {each.area}"
        for each in (one, two)
    ]
    levels = " ".join(judged.judgement.reasons)
    return f"{','.join(two.changes)}\t{judged.judgement.score} {judged.judgement.likelihood}\t{levels}\t" + "\t".join(
        sides
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--children", type=int, default=10_000, help="children in each register; a fifth comes twice")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--names", choices=NAMES, default="held-out", help="which names the records are of")
    parser.add_argument("--one-field", action="store_true", help="second records have the whole name in one field")
    parser.add_argument("--reading", action="store_true", help="no records: how two forms of one name are read")
    parser.add_argument("--splink", action="store_true", help="splink's figures too")
    parser.add_argument("--language", action="append", choices=registers.REGISTERS, help="of this register alone")
    parser.add_argument("--misses", metavar="FILE", help="write the pairs missed and the wrong ones there")
    return parser.parse_args()


if __name__ == "__main__":
    main()
