"""Placements of a country: the day's turn, decisions over HTTP.

The day's turn looks at the children whose day has come (one in a hundred, and those whom nobody looked at before);
against looking at everybody every day, of which a sample is taken in the same run by the same code. Resident memory is
read after a tenth of the turn and at its end. Then rounds of record, decide, permit with a served process over HTTP
(placements_path), against as many rows written by plain transactions. Last line JSON: children, turn_reviewed,
turn_seconds, turn_children_per_s, everybody_seconds, turn_ratio, rss_tenth_mib, rss_end_mib, rounds_per_s,
limit_rounds_per_s. Not here: another law tried out (placements_simulate).

    python -m benchmarks.placements --children 1000000
"""

import argparse
import gc
import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from benchmarks import placements_path
from benchmarks import placements_register as registers
from benchmarks.placements_register import Placements
from benchmarks.servers import durable_servers
from services.placements.handlers import turn

CHILDREN, SAMPLE = 100_000, 5_000
DUE = 0.01
SEEN = text(
    "insert into turn_law (one, digest, seen_on) values (1, :digest, :today)"
    " on conflict (one) do update set digest = excluded.digest"
)


def main() -> None:
    """Write a country, take its turn, ask over HTTP."""
    arguments = _arguments()
    with durable_servers() as servers:
        placements = registers.made(servers.postgresql.new_database(), "kz")
        started = time.perf_counter()
        registers.fill(placements, arguments.children, due=DUE)
        print(f"{arguments.children:,} children in care written in {time.perf_counter() - started:.0f} s", flush=True)
        answer: dict[str, Any] = {"children": arguments.children}
        answer |= _turn(placements, arguments)
        if arguments.rounds:
            answer |= placements_path.measured(servers, arguments.rounds)
    print(json.dumps(answer))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--children", type=int, default=CHILDREN, help="children in care")
    parser.add_argument("--sample", type=int, default=SAMPLE, help="children looked at although nothing is due")
    parser.add_argument("--rounds", type=int, default=placements_path.ROUNDS, help="rounds over HTTP; 0: none")
    return parser.parse_args()


@dataclass
class Taken:
    """A turn: loads, children, seconds, KiB resident after each load."""

    loads: int = 0
    children: int = 0
    seconds: float = 0.0
    resident: list[int] = field(default_factory=list)


def _turn(placements: Placements, arguments: argparse.Namespace) -> dict[str, Any]:
    engine = placements.engine()
    _law_is_seen(placements, engine)
    gc.freeze()
    taken = _taken(placements, engine)
    with engine.begin() as connection:
        found = connection.execute(text("select count(*) filter (where healed_on is null) from breach")).scalar()
        connection.execute(
            text("update whereabouts set next_on = :today where child in (select child from whereabouts limit :most)"),
            {"today": placements.today, "most": arguments.sample},
        )
    everybody = _taken(placements, engine)
    engine.dispose()
    whole = everybody.seconds / everybody.children * arguments.children
    tenth, end = taken.resident[max(0, len(taken.resident) // 10 - 1)], taken.resident[-1]
    print(
        f"the day's turn: {taken.children:,} looked at in {taken.seconds:,.1f} s, {found:,} breaches open; everybody:"
        f" {whole:,.0f} s (by {everybody.children:,}); resident {tenth >> 10:,} MiB after a tenth, {end >> 10:,} at the"
        " end",
        flush=True,
    )
    return {
        "turn_reviewed": taken.children,
        "turn_seconds": round(taken.seconds, 1),
        "turn_children_per_s": round(taken.children / taken.seconds),
        "everybody_seconds": round(whole),
        "turn_ratio": round(whole / taken.seconds, 1),
        "rss_tenth_mib": tenth >> 10,
        "rss_end_mib": end >> 10,
    }


def _law_is_seen(placements: Placements, engine: Engine) -> None:
    """As after yesterday's turn: no change of the law is to be told."""
    uow = placements.unit_of_work(engine)
    digest = uow.turn.follow(None, placements.today).digest
    uow.close()
    with engine.begin() as connection:
        connection.execute(SEEN, {"digest": digest, "today": placements.today})


def _taken(placements: Placements, engine: Engine) -> Taken:
    taken, started = Taken(), time.perf_counter()
    while True:
        uow = placements.unit_of_work(engine)
        load = turn.take_load(uow, placements.today)
        uow.commit()
        uow.close()
        if not load:
            break
        taken.loads += 1
        taken.children += load.looked
        taken.resident.append(_resident())
    taken.seconds = time.perf_counter() - started
    return taken


def _resident() -> int:
    """KiB that this process has in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE") // 1024


if __name__ == "__main__":
    main()
