"""The register import, end to end: children a second, encrypted, with audit and events, into PostgreSQL.

Two registers: one that only registers children, and one whose every line is a stay in care too (three services). Each
against a limit measured in the same run: as many rows of the same width put into the same server by COPY, without
handlers, rules, sealing, audit or events. A last round under the profiler says where the time of a child goes.
Last line JSON: children_per_s, limit_children_per_s, ratio, lines_per_s, limit_lines_per_s, rss_mib, rss_growth_mib
(from a quarter of the file to its end), spread.
"""

import cProfile
import csv
import io
import json
import os
import pstats
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psycopg2

from services.cli import composition, register_import, register_rules
from services.cli.demo import registers
from shared.runtime.deployment import Deployment

CHILDREN = 20_000
LINES = 6_000
ROUNDS = 3
CHILD_ROWS, LINE_ROWS = 5, 16
"""Rows that the import writes for a child (record, key, identifier, audit, event), and for a line with a stay."""
CARE = ("care_form", "provider_key", "provider_name", "from", "entry_reason", "to", "exit_destination")
WORK = ("centre_key", "worker_key", "carer_relation")
STAGES = {
    "read and check the lines": ("register_file.py", "batches"),
    "decide: look up, command, domain": ("register_import.py", "refusals"),
    "look up what is there": ("import_steps.py", "prepare"),
    "seal": ("mapping.py", "seal"),
    "write by COPY": ("copying.py", "copy"),
    "audit chain": ("audit.py", "append"),
    "encode events": ("unit_of_work.py", "_entries"),
    "append events": ("log.py", "append"),
    "commit": ("", "<method 'commit' of 'psycopg2.extensions.connection' objects>"),
}


def main() -> None:
    """Measure the rounds, each in a fresh deployment; then profile one."""
    with tempfile.TemporaryDirectory(prefix="kinward-bench-") as folder:
        home = Path(folder)
        home.chmod(0o755)  # as root the server's own account must pass
        children, stays = _registers(home)
        quick, slow, limits, growth = [], [], [], []
        for number in range(ROUNDS):
            with _fresh(home, f"round{number}") as opened:
                grown: list[int] = []
                quick.append(_import(opened, children, CHILDREN, home, "children", grown))
                growth.append(grown[-1] - grown[len(grown) // 4])
                slow.append(_import(opened, stays, LINES, home, "stays", []))
                limits.append((_copy(opened, children, CHILDREN, CHILD_ROWS), _copy(opened, stays, LINES, LINE_ROWS)))
            print(f"round {number + 1}: {quick[-1]:,.0f} children/s, {slow[-1]:,.0f} lines with stays/s")
        _profile(home, children)
        of_children, of_lines = (statistics.median(each) for each in zip(*limits, strict=True))
        middle = statistics.median(quick)
        answer = {
            "children_per_s": round(middle),
            "limit_children_per_s": round(of_children),
            "ratio": round(middle / of_children, 4),
            "lines_per_s": round(statistics.median(slow)),
            "limit_lines_per_s": round(of_lines),
            "rss_mib": _resident() // 1024,
            "rss_growth_mib": max(growth) // 1024,
            "spread": round((max(quick) - min(quick)) / middle, 2),
        }
        print(json.dumps(answer))


def _fresh(home: Path, name: str):  # type: ignore[no-untyped-def]
    os.environ |= {"KINWARD_HOME": str(home / name), "KINWARD_EMBEDDED": "1", "KINWARD_PACK": "kz"}
    return composition.opened("kz")


def _registers(home: Path) -> tuple[Path, Path]:
    """The first children of the demonstration's register by themselves, and its first lines as they are."""
    whole = home / "whole.csv"
    registers.write("kz", whole)
    with whole.open(encoding="utf-8", newline="") as stream:
        lines = list(csv.DictReader(stream))
    own: dict[str, dict[str, str]] = {}
    for line in lines:
        own.setdefault(line["child_key"], line | dict.fromkeys(CARE + WORK, ""))
    return _written(home / "children.csv", list(own.values())[:CHILDREN]), _written(home / "stays.csv", lines[:LINES])


def _written(path: Path, lines: list[dict[str, str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, register_rules.COLUMNS, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(lines)
    return path


def _import(
    opened: Deployment, file: Path, lines: int, home: Path, register: str, grown: list[int], *, ahead: bool = True
) -> float:
    seen: Callable[[int], None] = lambda _: grown.append(_resident())  # noqa: E731
    started = time.perf_counter()
    done = register_import.import_register(
        opened,
        file,
        home / "errors.csv",
        register=register,
        new_register=True,
        on_progress=seen,
        processes=2 if ahead else 1,
    )
    seconds = time.perf_counter() - started
    if done.taken != lines:
        sys.exit(f"{done.refused} of {lines} lines were refused: {(home / 'errors.csv').read_text()[:500]}")
    return lines / seconds


def _resident() -> int:
    """KiB that this process has in memory now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGESIZE") // 1024


def _copy(opened: Deployment, file: Path, lines: int, rows: int) -> float:
    """Lines a second by COPY alone, where a line is as many rows as the import writes for it."""
    line = file.read_text(encoding="utf-8").splitlines()[1].replace("\t", " ")
    text = io.StringIO("".join(f"{number}\t{line}\n" for number in range(lines * rows)))
    url = opened.engine("registry").url
    with psycopg2.connect(host=url.query["host"], user=url.username, dbname=url.database) as connection:
        cursor = connection.cursor()
        cursor.execute("create temporary table bench (id integer primary key, line text)")
        started = time.perf_counter()
        cursor.copy_expert("copy bench from stdin", text)
        return lines / (time.perf_counter() - started)


def _profile(home: Path, file: Path) -> None:
    """Print the share of each stage in the import of the children; the profiler makes Python's own part look larger."""
    with _fresh(home, "profiled") as opened:
        profile = cProfile.Profile()
        profile.enable()
        _import(opened, file, CHILDREN, home, "children", [], ahead=False)
        profile.disable()
    found = pstats.Stats(profile)
    whole = found.total_tt  # type: ignore[attr-defined]
    print("\nwhere the time of a child goes (profiled; stages do not overlap but for sealing within COPY's turn):")
    for stage, (module, function) in STAGES.items():
        seconds = sum(
            row[3]
            for (path, _, name), row in found.stats.items()  # type: ignore[attr-defined]
            if name == function and path.rpartition("/")[2] in {module, "~"}
        )
        print(f"  {stage:36} {seconds / whole:6.1%}  {seconds / CHILDREN * 1e6:6.0f} us")


if __name__ == "__main__":
    main()
