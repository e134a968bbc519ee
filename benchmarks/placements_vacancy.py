"""Search for room near home among many providers and families: milliseconds a search.

Of the providers nine in ten are families, and most are full. Against the same question with the children counted at
each search instead of kept in the provider's row, over the same data. `nowhere` asks for what nobody offers, so that
every area is looked through. Last line JSON: providers, searches, p50_ms, p95_ms, nowhere_ms, counted_ms, ratio.

    python -m benchmarks.placements_vacancy --providers 100000
"""

import argparse
import json
import random
import statistics
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from benchmarks.servers import DURABLE
from services.placements.views import vacancies
from shared import db
from shared.countries.areas import Area, AreaTree
from shared.testing import postgresql_server

PROVIDERS, SEARCHES, FOUND = 100_000, 400, 20
REGIONS, DISTRICTS = 20, 20
TODAY = date(2026, 3, 10)
SEED = 6
PROVIDED = """
insert into provider (id, version, kind, area, name, places, care_forms, age_from, age_to, sexes, accessible, languages,
    approval_needed, approved_from, approved_to, suspended)
select gen_random_uuid(), 1,
    case when n % 10 > 0 then 'CARER_FAMILY' when n % 20 = 0 then 'FACILITY' else 'SMALL_GROUP_HOME' end,
    'X-' || (n % :regions) || '-' || (n / :regions % :districts), '',
    case when n % 10 > 0 then 1 + n % 3 else 10 + n % 30 end,
    case when n % 10 > 0 then array['FOSTER'] else array['CHILDRENS_HOME'] end, n % 7, 10 + n % 8,
    case n % 5 when 0 then array['F'] when 1 then array['M'] else array['F', 'M'] end,
    case when n % 25 = 0 then array['WHEELCHAIR'] else '{}'::text[] end,
    case n % 3 when 0 then array['kk'] when 1 then array['ru'] else array['kk', 'ru'] end,
    true, date '2024-01-01', date '2026-01-01' + n % 900, n % 50 = 0
from generate_series(1, :providers) as n
"""
CHILDREN = """
with places as (
    select id, area, kind, generate_series(1, places - case when hashtext(id::text) % 5 = 0 then 1 else 0 end) as number
    from provider
), lived as (
    select gen_random_uuid() as child, id, area, kind from places where number <= 40
), told as (
    insert into whereabouts (child, version) select child, 1 from lived
)
insert into placement (id, child, state, authorised, care_form, area, "from", provider, kind, entry_reason,
    other_reasons, recorded_on)
select gen_random_uuid(), child, 'active', true, 'FOSTER', area, date '2025-01-01', id, 'planned', 'NEGLECT', '{}',
    date '2025-01-01'
from lived
"""
COUNT = """
update provider set living = found.living
from (select provider, count(*) as living from placement where state = 'active' group by provider) as found
where found.provider = provider.id
"""
COUNTED = """
select id from provider
where kind = 'CARER_FAMILY' and not suspended and approved_from <= :today and approved_to > :today
    and age_from <= 4 and age_to >= 4 and 'F' = any(sexes)
    and places > (
        select count(*) from placement
        where placement.provider = provider.id and state in ('planned', 'active')
    )
order by area <> :home, id limit :found
"""


def main() -> None:
    """Write providers and the children with them, and search."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--providers", type=int, default=PROVIDERS)
    parser.add_argument("--searches", type=int, default=SEARCHES)
    parser.add_argument("--explain", action="store_true", help="print the plan of a search at the nearest level")
    arguments = parser.parse_args()
    with postgresql_server("debian", {**DURABLE, "shared_buffers": "512MB"}) as server:
        engine = db.make_engine(server.new_database())
        db.migrate(engine, "services.placements.migrations")
        fill(engine, arguments.providers)
        if arguments.explain:
            _explain(engine)
        print(json.dumps({"providers": arguments.providers, **measured(engine, arguments.searches)}))
        engine.dispose()


def fill(engine: Engine, providers: int) -> None:
    """Write providers in a country of districts and regions, and the children who live there."""
    with engine.begin() as connection:
        connection.execute(text(PROVIDED), {"providers": providers, "regions": REGIONS, "districts": DISTRICTS})
        connection.execute(text(CHILDREN))
        connection.execute(text(COUNT))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze provider"))
        connection.execute(text("vacuum analyze placement"))


def areas() -> AreaTree:
    """A country, its regions, their districts."""
    return AreaTree(_areas())


def measured(engine: Engine, searches: int) -> dict[str, Any]:
    """Search so many times, and as often as it takes for the others."""
    chance, tree = random.Random(SEED), areas()
    with db.new_session(engine) as session:
        taken = sorted(_timed(session, tree, _home(chance), _sought(chance)) for _ in range(searches))
        nobody = vacancies.Sought(kinds=("CARER_FAMILY",), on=TODAY, accessible=("BLIND",))
        nowhere = statistics.median(_timed(session, tree, _home(chance), nobody) for _ in range(9))
        counted = statistics.median(_counted(session, _home(chance)) for _ in range(5))
    p50, p95 = taken[len(taken) // 2], taken[len(taken) * 95 // 100]
    return {
        "searches": searches, "p50_ms": round(p50, 1), "p95_ms": round(p95, 1), "nowhere_ms": round(nowhere, 1),
        "counted_ms": round(counted, 1), "ratio": round(p95 / counted, 2),
    }  # fmt: skip


def _areas() -> Iterator[Area]:
    yield _area("X", None)
    for region in range(REGIONS):
        yield _area(f"X-{region}", "X")
        for district in range(DISTRICTS):
            yield _area(f"X-{region}-{district}", f"X-{region}")


def _area(code: str, parent: str | None) -> Area:
    return Area(code, code, "area", parent, None, None, (), "project default", "")


def _home(chance: random.Random) -> str:
    return f"X-{chance.randrange(REGIONS)}-{chance.randrange(DISTRICTS)}"


def _sought(chance: random.Random) -> vacancies.Sought:
    ages = sorted(chance.randrange(15) for _ in range(chance.choice((1, 1, 1, 2, 3))))
    return vacancies.Sought(
        kinds=chance.choice((("CARER_FAMILY",), ("CARER_FAMILY",), ("SMALL_GROUP_HOME", "FACILITY"))),
        on=TODAY, ages=ages, children=len(ages), sexes=(chance.choice("FM"),),
        accessible=("WHEELCHAIR",) if chance.random() < 0.1 else (),
        languages=("kk",) if chance.random() < 0.2 else (),
    )  # fmt: skip


def _timed(session: Session, tree: AreaTree, home: str, sought: vacancies.Sought) -> float:
    began = time.perf_counter()
    vacancies.found(session, sought, home, tree, FOUND)
    return (time.perf_counter() - began) * 1000


def _counted(session: Session, home: str) -> float:
    began = time.perf_counter()
    session.execute(text(COUNTED), {"today": TODAY, "home": home, "found": FOUND}).all()
    return (time.perf_counter() - began) * 1000


def _explain(engine: Engine) -> None:
    """Print how the database finds room for a child of four within a district, and anywhere."""
    sought = vacancies.Sought(kinds=("CARER_FAMILY",), on=TODAY, ages=(4,), sexes=("F",))
    for levels, near in ((0, frozenset({"X-3-4"})), (None, None)):
        query = vacancies.asked(sought, levels, near, FOUND)
        with engine.connect() as connection:
            plain = query.compile(connection, compile_kwargs={"literal_binds": True})
            for row in connection.execute(text(f"explain (analyze, costs off) {plain}")):
                print(row[0])


if __name__ == "__main__":
    main()
