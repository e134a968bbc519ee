"""The register import, end to end: lines a second through the handlers of three services into PostgreSQL.

Against a limit measured in the same run: the same number of rows of the same width put into the same server by COPY,
without handlers, rules, audit or events. Last line JSON: lines_per_s, limit_lines_per_s, ratio, rss_mib, spread.
"""

import io
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

import psycopg2

from services.cli import composition, register_import
from services.cli.demo import registers
from shared.runtime.deployment import Deployment

LINES = 4000
ROUNDS = 3


def main() -> None:
    """Measure three rounds, each in a fresh deployment."""
    with tempfile.TemporaryDirectory(prefix="kinward-bench-") as folder:
        home = Path(folder)
        home.chmod(0o755)  # as root the server's own account must pass
        file = _register(home)
        ours, limit = [], []
        for number in range(ROUNDS):
            os.environ |= {"KINWARD_HOME": str(home / f"round{number}"), "KINWARD_EMBEDDED": "1", "KINWARD_PACK": "kz"}
            with composition.opened("kz") as opened:
                ours.append(_import(opened, file, home))
                limit.append(_copy(opened, file))
            print(f"round {number + 1}: import {ours[-1]:,.0f} lines/s, COPY {limit[-1]:,.0f}")
    print(
        json.dumps(
            {
                "lines_per_s": round(statistics.median(ours)),
                "limit_lines_per_s": round(statistics.median(limit)),
                "ratio": round(statistics.median(ours) / statistics.median(limit), 4),
                "rss_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
                "spread": round((max(ours) - min(ours)) / statistics.median(ours), 2),
            }
        )
    )


def _register(home: Path) -> Path:
    whole = home / "whole.csv"
    registers.write("kz", whole)
    file = home / "register.csv"
    file.write_text("".join(whole.read_text(encoding="utf-8").splitlines(keepends=True)[: LINES + 1]), encoding="utf-8")
    return file


def _import(opened: Deployment, file: Path, home: Path) -> float:
    started = time.perf_counter()
    done = register_import.import_register(opened, file, home / "errors.csv", register="bench")
    if done.taken != LINES:
        sys.exit(f"{done.refused} lines were refused")
    return LINES / (time.perf_counter() - started)


def _copy(opened: Deployment, file: Path) -> float:
    """Lines a second, where a line is as many rows as the import writes for it (about 16 with audit and events)."""
    line = file.read_text(encoding="utf-8").splitlines()[1].replace("\t", " ")
    rows = LINES * 16
    text = io.StringIO("".join(f"{number}\t{line}\n" for number in range(rows)))
    url = opened.engine("registry").url
    with psycopg2.connect(host=url.query["host"], user=url.username, dbname=url.database) as connection:
        cursor = connection.cursor()
        cursor.execute("create temporary table bench (id integer primary key, line text)")
        started = time.perf_counter()
        cursor.copy_expert("copy bench from stdin", text)
        return LINES / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
