"""What is kept takes room: bytes of the disk for an event, an audit row, a child, a stay and a figure's row.

A register whose every line is a child, a stay in care and a case is imported by the shipped commands into PostgreSQL,
served until every consumer stands at the head of every log, and then each table is weighed with its indexes. Last line
JSON: lines, events, audits, and bytes: event and audit (a row of the log, of the audit chain), child, stay, case (what
the service holds of one beside those), figures and remembered (what reporting holds for an event: read tables, record
of what was applied), heard (what another service keeps of an event).

    python -m benchmarks.storage --lines 4000
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Engine, text

from services.cli import composition, register_import
from services.cli.demo import registers
from shared.config import SERVICES
from tests.e2e import running

LINES = 4_000
REMEMBERED = ("applied_run", "applied")
TABLES = text(
    "select relname, sum(pg_total_relation_size(pg_class.oid))::bigint as size from pg_class"
    " join pg_namespace on pg_namespace.oid = relnamespace"
    " where relkind = 'r' and nspname !~ '^(pg_|information_schema)' group by relname"
)


def main() -> None:
    """Import, serve until all is applied, weigh."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=LINES, help="lines of the register")
    lines = parser.parse_args().lines
    with tempfile.TemporaryDirectory(prefix="kinward-bench-") as folder:
        home = Path(folder)
        home.chmod(0o755)  # as root the server's own account must pass
        os.environ |= {"KINWARD_HOME": str(home / "home"), "KINWARD_EMBEDDED": "1", "KINWARD_PACK": "kz"}
        with composition.opened("kz") as opened:
            done = register_import.import_register(
                opened, _register(home, lines), home / "errors.csv", register="storage", new_register=True,
                on_progress=lambda _: None, processes=2,
            )  # fmt: skip
        if done.taken != lines:
            sys.exit(f"{done.refused} of {lines} lines were refused")
        _apply()
        with composition.opened("kz") as opened:
            print(json.dumps(_weighed({service: opened.engine(service) for service in SERVICES}, lines)))


def _register(home: Path, lines: int) -> Path:
    """The first lines of the demonstration's register."""
    whole, part = home / "whole.csv", home / "part.csv"
    registers.write("kz", whole)
    with whole.open(encoding="utf-8", newline="") as source, part.open("w", encoding="utf-8", newline="") as target:
        rows = csv.reader(source)
        csv.writer(target).writerows(row for _, row in zip(range(lines + 1), rows, strict=False))
    return part


def _apply() -> None:
    """Serve the deployment until nothing lags."""
    command = [sys.executable, "-W", "ignore", "-m", "services"]
    environment = os.environ | {"KINWARD_HTTP": f"127.0.0.1:{running.free_port()}", "KINWARD_DEPLOYMENT": "kz"}
    subprocess.run([*command, "token", "--role", "analyst"], env=environment, check=True, stdout=subprocess.DEVNULL)
    with subprocess.Popen(
        [*command, "serve", "all", "--embedded"], env=environment, stderr=subprocess.DEVNULL
    ) as served:
        try:
            wait = [*command, "stream", "status", "--wait", "600"]
            subprocess.run(wait, env=environment, check=True, stdout=subprocess.DEVNULL)
        finally:
            served.terminate()


def _weighed(engines: Mapping[str, Engine], lines: int) -> dict[str, object]:
    sizes = {service: _sizes(engine) for service, engine in engines.items()}
    for service, found in sizes.items():
        largest = sorted(found.items(), key=lambda each: -each[1])[:8]
        print(f"{service:12} " + ", ".join(f"{name} {size // 1024:,} KiB" for name, size in largest))
    rows = {
        service: {name: _count(engine, name) for name in ("event_log", "audit")} for service, engine in engines.items()
    }
    events = sum(each["event_log"] for each in rows.values())
    heads = ("registry", "placements", "social_work")
    heard = sum(sizes[each].get(name, 0) for each in heads for name in REMEMBERED)
    told = {each: sum(rows[other]["event_log"] for other in composition.CONSUMES[each]) for each in SERVICES}

    def own(service: str) -> int:
        apart = {"event_log", "audit", *REMEMBERED}
        return sum(size for name, size in sizes[service].items() if name not in apart)

    def each_row(name: str) -> int:
        return round(sum(sizes[service][name] for service in heads) / sum(rows[service][name] for service in heads))

    remembered = sum(sizes["reporting"].get(name, 0) for name in REMEMBERED)
    bytes_ = {
        "event": each_row("event_log"),
        "audit": each_row("audit"),
        "child": round(own("registry") / _count(engines["registry"], "child")),
        "stay": round(own("placements") / lines),
        "case": round(own("social_work") / lines),
        "figures": round(own("reporting") / told["reporting"]),
        "remembered": round(remembered / told["reporting"]),
        "heard": round(heard / sum(told[each] for each in heads)),
    }
    audits = sum(each["audit"] for each in rows.values())
    return {"lines": lines, "events": events, "audits": audits, "bytes": bytes_}


def _sizes(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        connection.execute(text("checkpoint"))
        return {row.relname: row.size for row in connection.execute(TABLES)}


def _count(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        return int(connection.scalar(text(f"select count(*) from {table}")) or 0)


if __name__ == "__main__":
    main()
