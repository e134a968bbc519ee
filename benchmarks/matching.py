"""Finding the same child: searches and registrations while a registry database grows to a million children.

The register is written by the shipped code, then asked through the service's Flask app, in this process and without a
socket, with a real token, on a private PostgreSQL 15 that is durable as in production. Half of what is searched for
and registered is on record already, in
other letters or with a letter mistyped. A third of the children lie within the caller's areas. Prints median and 95th
percentile at each size and where the time goes; last line JSON: children, search_p95_ms, register_p95_ms, recall,
precision, splink_recall, splink_precision, the last four of a sample by matching_quality (null without splink).

    python -m benchmarks.matching --sizes 10000,100000,1000000
"""

import argparse
import importlib.util
import json
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine, event, text

from benchmarks import matching_register as registers
from benchmarks.matching_register import People, Register
from benchmarks.same_child import measuring
from benchmarks.same_child import registers as quality_registers
from benchmarks.servers import DURABLE
from services.registry import api, domain
from shared import http
from shared.auth import Policy, Principal, Verifier, tokens
from shared.auth.tokens import local_issuer
from shared.ids import new_id
from shared.testing import postgresql_server

SIZES = "10000,100000,1000000"
ASKED, WARM = 300, 30
SERVER = {"shared_buffers": "2GB", "max_wal_size": "4GB", "maintenance_work_mem": "512MB"}
"""A database server of 8 GB of memory, by PostgreSQL's own advice; the rest as Kinward's embedded one has it."""
ROLE, DEPLOYMENT = "registrar", "bench"
REACHED = 3
"""Of so many areas one is the caller's."""
SAMPLE = "mixed kz"
"""The register of matching_quality that recall and precision are given of."""
NOBODY = 900_000_000
"""Numbers from here on are of children not on record."""


def main() -> None:
    """Grow the register and ask it at each size."""
    arguments = _arguments()
    sizes = sorted(int(size) for size in arguments.sizes.split(","))
    found: dict[str, Any] = {}
    with postgresql_server("debian", {**DURABLE, **SERVER}) as server:
        register = registers.made(server.new_database(), "kz", expected=sizes[-1])
        for before, size in zip([0, *sizes], sizes, strict=False):
            speed = registers.fill(register, before, size)
            registers.settle(register)
            print(f"\n{size:,} children: {speed:,.0f}/s written; {_sizes(register)}")
            found = {"children": size} | _measured(register, size, arguments.asked)
    print(json.dumps(found | _quality(arguments.quality)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default=SIZES, help="children at which it is asked, with commas between")
    parser.add_argument("--asked", type=int, default=ASKED, help="searches, and registrations, at each size")
    parser.add_argument("--quality", type=int, default=4_000, help="children of the sample for recall; 0: none")
    return parser.parse_args()


class Asking:
    """Calls registry's routes as a registrar of some areas, and counts what the database takes of each."""

    def __init__(self, register: Register, people: People) -> None:
        self.engine = register.engine()
        key = tokens.generate_key()
        self._client: FlaskClient = http.create_app(
            http.ServiceHttp(
                name="registry",
                blueprints=api.BLUEPRINTS,
                make_uow=lambda context: register.unit_of_work(self.engine, context),
                verifier=Verifier(tokens.public_jwks([key]), local_issuer(DEPLOYMENT), DEPLOYMENT),
                policy=Policy.from_roles(register.pack.roles),
                areas=register.pack.areas,
                codes=register.pack,
                zone=register.pack.zone,
            )
        ).test_client()
        self.areas = frozenset(people.areas[::REACHED])
        who = Principal("registrar", frozenset({ROLE}), self.areas, None, None, DEPLOYMENT)
        self._token = tokens.issue(who, key, timedelta(hours=8))

    def post(self, path: str, body: dict[str, Any]) -> tuple[float, int, Any]:
        """Milliseconds from sending to having the answer, its status and what it says."""
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": str(new_id())}
        started = time.perf_counter()
        answer = self._client.post(f"/registry{path}", json=body, headers=headers)
        took = (time.perf_counter() - started) * 1000
        if answer.status_code >= 500 or answer.status_code in (401, 403, 422):
            raise SystemExit(f"{path}: {answer.status_code} {answer.text[:500]}")
        return took, answer.status_code, answer.json

    @contextmanager
    def counted(self) -> Iterator[Counter[str]]:
        """Milliseconds that the database took inside, by the beginning of the statement; "" for how many there were."""
        spent: Counter[str] = Counter()

        def before(_c: Any, _cursor: Any, _statement: str, _p: Any, context: Any, _many: bool) -> None:
            context.started = time.perf_counter()

        def after(_c: Any, _cursor: Any, statement: str, _p: Any, context: Any, _many: bool) -> None:
            spent[" ".join(statement.split())[:70]] += (time.perf_counter() - context.started) * 1000
            spent[""] += 1

        event.listen(self.engine, "before_cursor_execute", before)
        event.listen(self.engine, "after_cursor_execute", after)
        yield spent
        event.remove(self.engine, "before_cursor_execute", before)
        event.remove(self.engine, "after_cursor_execute", after)


def _measured(register: Register, size: int, asked: int) -> dict[str, float]:
    people = People(register.pack)
    asking = Asking(register, people)
    own = [people.child(number, again=True) for number in range(0, size, size // (asked + WARM))]
    others = [people.child(NOBODY + size + number) for number in range(asked + WARM)]
    half = [own[place] if place % 2 else others[place] for place in range(asked + WARM)]
    searched = _asked(asking, "search", half, lambda each: ("/children/search", {"likeness": _said(each)}))
    within = sorted(asking.areas)
    registered = _asked(
        asking,
        "register",
        half,
        lambda each: ("/children", {"identity": _said(each) | {"area": within[hash(each.names) % len(within)]}}),
    )
    asking.engine.dispose()
    return {"search_p95_ms": searched, "register_p95_ms": registered}


def _asked(
    asking: Asking, what: str, children: list[domain.Identity], request: Callable[[domain.Identity], tuple[str, Any]]
) -> float:
    for each in children[:WARM]:
        asking.post(*request(each))
    took, statuses, found = [], Counter[int](), 0
    with asking.counted() as spent:
        for each in children[WARM:]:
            milliseconds, status, answer = asking.post(*request(each))
            took.append(milliseconds)
            statuses[status] += 1
            found += bool(answer.get("items") or answer.get("elsewhere") or answer.get("candidates"))
    number = len(took)
    statements, database = spent.pop("") / number, sum(spent.values()) / number
    p95 = statistics.quantiles(took, n=20)[-1]
    print(
        f"  {what:9} p50 {statistics.median(took):6.1f} ms  p95 {p95:6.1f} ms  most {max(took):6.1f} ms; of"
        f" {statistics.mean(took):.1f} ms {database:.1f} are {statements:.0f} statements; {dict(statuses)}, somebody"
        f" found in {found} of {number}"
    )
    for statement, milliseconds in spent.most_common(6):
        print(f"      {milliseconds / number:6.2f} ms  {statement}")
    return round(p95, 1)


def _said(child: domain.Identity) -> dict[str, Any]:
    name, birth = child.names[0], child.birth
    parts = {part: getattr(name, part) for part in ("family", "given", "patronymic")}
    written = birth.born_from.isoformat() if birth.born_from else None
    when = {
        "precision": birth.precision,
        "basis": birth.basis,
        "date": written and written[: 4 if birth.precision == "year" else 10],
    }
    return {"names": [{"script": name.script, **parts}], "sex": child.sex, "birth": when, "area": child.area}


def _sizes(register: Register) -> str:
    engine: Engine = register.engine()
    with engine.connect() as connection:
        whole = connection.scalar(text("select pg_database_size(current_database())"))
        terms, heap, rows = connection.execute(
            text(
                "select pg_total_relation_size('match_term'), pg_relation_size('match_term'), reltuples"
                " from pg_class where relname = 'match_term'"
            )
        ).one()
    engine.dispose()
    return f"{rows:,.0f} terms in {terms >> 20:,} MiB ({heap >> 20:,} of rows), of {whole >> 20:,} MiB in all"


def _quality(children: int) -> dict[str, float | None]:
    """Recall and precision of one register of several scripts (docs/matching-quality.md has all), and splink's."""
    figures: dict[str, float | None] = dict.fromkeys(("recall", "precision", "splink_recall", "splink_precision"))
    if children:
        register = quality_registers.REGISTERS[SAMPLE]
        records = quality_registers.made(register, children, quality_registers.HELD_OUT, seed=5)
        ours = measuring.measured(records, register.languages)
        figures |= {"recall": round(ours.recall, 4), "precision": round(ours.precision, 4)}
        if importlib.util.find_spec("splink") is not None:
            from benchmarks.same_child import by_splink

            theirs = by_splink.measured(records, "as_written")
            figures |= {f"splink_{name}": round(theirs[name], 4) for name in ("recall", "precision")}
    return figures


if __name__ == "__main__":
    main()
