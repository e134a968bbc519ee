"""A whole register looked through for records of one child, while it grows: time a child, by program and database.

The register is that of `benchmarks.matching`; every fiftieth child is on record a second time, in other letters or with
a letter mistyped. Printed at each size: seconds of the clock, seconds of processor of this program and of its database
connection (the clock alone says little on a busy machine), memory, how many of those on record twice were found. Last
line JSON: children, run_seconds, cpu_seconds_million, found.

    python -m benchmarks.matching_runs --sizes 10000,100000
"""

import argparse
import json
import os
import resource
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from benchmarks import matching_register as registers
from benchmarks.matching_register import People, Register
from benchmarks.servers import DURABLE
from services.registry import commands, handlers
from services.registry.domain.matching_runs import Run, RunKind
from services.registry.handlers import matching_runs
from shared import clock
from shared.ids import new_id
from shared.testing import postgresql_server
from shared.unit_of_work import Context

SIZES = "10000,50000"
TWICE = 50
"""Of so many children one is on record twice."""
SERVER = {"shared_buffers": "2GB", "max_wal_size": "4GB", "maintenance_work_mem": "512MB"}
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Grow the register and look through it at each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default=SIZES, help="children, ascending")
    sizes = [int(size) for size in parser.parse_args().sizes.split(",")]
    found: dict[str, Any] = {}
    with postgresql_server("debian", {**DURABLE, **SERVER}) as server:
        register = registers.made(server.new_database(), "kz", expected=sizes[-1])
        engine = register.engine()
        for before, size in zip([0, *sizes], sizes, strict=False):
            registers.fill(register, before, size)
            _again(register, engine, range(before - before % TWICE, size, TWICE))
            registers.settle(register)
            found = _looked_through(register, engine, size)
        engine.dispose()
    print(json.dumps(found))


def _again(register: Register, engine: Engine, numbers: range) -> None:
    """Register these a second time, as others wrote them."""
    people = People(register.pack)
    for start in range(0, len(numbers), registers.BATCH):
        uow = _working(register, engine)
        acts: dict[str, Any] = {"actor": "import", "at": uow.context.at, "today": clock.now().date()}
        for number in numbers[start : start + registers.BATCH]:
            identity = people.child(number, again=True)
            uow.execute(
                handlers.register_child, commands.RegisterChild(id=new_id(), identity=identity, imported=True, **acts)
            )
        uow.commit()
        uow.close()


def _looked_through(register: Register, engine: Engine, size: int) -> dict[str, Any]:
    with engine.begin() as connection:
        connection.execute(text("delete from match_pair"))
    uow = _working(register, engine)
    children = uow.looking.count(RunKind.REGISTER)
    run = Run(new_id(), RunKind.REGISTER, "benchmark", clock.now(), children)
    uow.match_runs.add(run)
    uow.commit()
    uow.close()
    started, own, looked, database = time.perf_counter(), time.process_time(), 1, 0.0
    while looked:
        uow = _working(register, engine)
        backend = uow.session.scalar(text("select pg_backend_pid()"))
        before = _processor(backend)
        going = uow.match_runs.get(run.id)
        looked = matching_runs.run_chunk(uow, going, clock.now())
        uow.commit()
        database += _processor(backend) - before
        uow.close()
    seconds, own = time.perf_counter() - started, time.process_time() - own
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    twice = len(range(0, size, TWICE))
    print(
        f"{children:,} children: {seconds:,.1f} s of the clock; processor {own:,.1f} s here, {database:,.1f} s in the "
        f"database; {memory:,} MB; {going.found:,} pairs for {twice:,} on record twice",
        flush=True,
    )
    return {
        "children": children,
        "run_seconds": round(seconds, 1),
        "cpu_seconds_million": round((own + database) * 1_000_000 / children),
        "found": going.found,
    }


def _processor(pid: int) -> float:
    """Seconds of processor that a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _working(register: Register, engine: Engine) -> Any:
    return register.unit_of_work(engine, Context("benchmark", clock.now(), system=True))


if __name__ == "__main__":
    main()
