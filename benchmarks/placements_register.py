"""Placements of a whole country for benchmarks: children in care, written by the database itself within a minute.

One stay each, going on: in families, in homes with fifty children, a few infants in homes whose days are numbered; each
with its decision, half of which end, and a review. One in ten has a sibling in care. `next_on` stands where the turn
that took them last would have set it, so that what falls due on a day is a day's share.
Not here: what is asked of them (placements, placements_vacancy).
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, text

from services.placements import events, store
from shared import clock, countries, db
from shared.countries import Pack
from shared.protection.keys import Keys
from shared.unit_of_work import Context

ROOT = Path(__file__).parents[1]
PER_HOME = 50
BATCH = 100_000
_PROVIDERS = text(
    """
    insert into provider (id, version, kind, area, name, places, approval_needed, approved_from, approved_to)
    select md5('home' || n)::uuid, 1, 'FACILITY', (:areas)[1 + n % cardinality(:areas)], 'home ' || n, :places + 10,
        true, cast(:today as date) - 400 - n % 300, cast(:today as date) + 30 + (n * 7919) % 700
    from generate_series(0, :homes) n
    """
)
_WHEREABOUTS = text(
    """
    insert into whereabouts (child, version, born_from, born_to, area, confirmed, sex, siblings, named_at)
    select md5('child' || n)::uuid, 3, born, born, (:areas)[1 + n % cardinality(:areas)], true,
        case n % 2 when 0 then 'F' else 'M' end,
        case when n % 10 = 0 then array[md5('child' || n + 1)::uuid]
             when n % 10 = 1 then array[md5('child' || n - 1)::uuid] else '{}' end,
        now()
    from (
        select n, cast(:today as date) - case when n % 20 = 7 then 60 + (n / 20) % 600
            else 1200 + (n * 31) % 5000 end as born
        from generate_series(cast(:first as integer), :last - 1) n
    ) made
    """
)
_PLACEMENTS = text(
    """
    insert into placement (id, child, state, authorised, decision, care_form, area, "from", planned_to, provider,
        kind, carer_relation, entry_reason, other_reasons, recorded_on)
    select md5('stay' || n)::uuid, md5('child' || n)::uuid, 'active', true, md5('decision' || n)::uuid, form,
        (:areas)[1 + n % cardinality(:areas)], began,
        case when form = 'INFANT_HOME' then began + 150 end,
        case when form in ('INFANT_HOME', 'CHILDRENS_HOME') then md5('home' || n / (:places * 3))::uuid end,
        'planned', case when form = 'GUARDIANSHIP' then 'GRANDPARENT' end, 'NEGLECT', '{}', began
    from (
        select n, case when n % 20 = 7 then 'INFANT_HOME' when n % 20 < 6 then 'CHILDRENS_HOME'
                       when n % 20 < 13 then 'GUARDIANSHIP' else 'FOSTER' end as form,
            cast(:today as date) - case when n % 20 = 7 then 10 + (n / 20) % 40 else 60 + (n * 37) % 900 end as began
        from generate_series(cast(:first as integer), :last - 1) n
    ) made
    """
)
_DECISIONS = text(
    """
    insert into decision (id, child, status, act, situation, outcome, body, instrument, made_on, effective_from, area,
        care_forms, number, in_force_until, recorded_by, recorded_at, unmet, needs_second)
    select md5('decision' || n)::uuid, placement.child, 'in-force', 'ENTRY', 'WITHOUT_PARENTS', 'FAMILY_FORM', 'COURT',
        'ORDER', "from" - 3, "from" - 2, area, array[care_form], n::text,
        case when n % 2 = 0 then cast(:today as date) + 1 + (n * 13) % 700 end, 'benchmark', now(), '{}', false
    from generate_series(cast(:first as integer), :last - 1) n
    join placement on placement.id = md5('stay' || n)::uuid
    """
)
_REVIEWS = text(
    """
    insert into review (id, child, placement, status, held_on, by, goals, necessary, suitable, way_home, recorded_on)
    select md5('review' || n)::uuid, child, id, 'held', greatest("from" + 1, cast(:today as date) - (n * 17)
            % case when care_form in ('INFANT_HOME', 'CHILDRENS_HOME') then 80 else 340 end),
        '{AGENCY}', 'YES', 'YES', 'YES', 'NO', cast(:today as date)
    from generate_series(cast(:first as integer), :last - 1) n
    join placement on placement.id = md5('stay' || n)::uuid
    """
)
_COUNTED = text(
    """
    update provider set living = found.living
    from (select provider, count(*) as living from placement where state = 'active' group by provider) found
    where provider.id = found.provider
    """
)
_NEXT = text(
    """
    update whereabouts set next_on = cast(:today as date)
        + case when abs(hashtext(child::text)) % 1000 < 1000 * cast(:due as double precision) then 0
               else 1 + abs(hashtext(child::text)) % 360 end
    """
)


@dataclass(frozen=True)
class Placements:
    """A placements database, its pack and its keys."""

    url: str
    pack: Pack
    keys: Keys
    today: date

    def unit_of_work(self, engine: Engine) -> Any:
        """A unit of work over it, of the system itself."""
        context = Context("benchmark", clock.now(), system=True)
        return store.UnitOfWork(db.new_session(engine), context, events.CATALOGUE, self.pack, self.keys)

    def engine(self) -> Engine:
        """An engine of one's own."""
        return db.make_engine(self.url)


def child_id(number: int) -> UUID:
    """The id of the child of a number, as the statements make it."""
    return UUID(hashlib.md5(f"child{number}".encode(), usedforsecurity=False).hexdigest())


def made(url: str, pack_id: str) -> Placements:
    """An empty database of placements."""
    pack = countries.load(pack_id, ROOT / "countries")
    engine = db.make_engine(url)
    db.migrate(engine, "services.placements.migrations")
    engine.dispose()
    return Placements(url, pack, Keys.generated(), clock.day_in(pack.zone, clock.now()))


def fill(placements: Placements, children: int, *, due: float) -> None:
    """Write so many children in care; the share `due` of them has its day today, the others within a year."""
    areas = list(placements.pack.areas.codes(placements.today))
    given = {"areas": areas, "today": placements.today, "places": PER_HOME}
    engine = placements.engine()
    with engine.begin() as connection:
        connection.execute(text("set local synchronous_commit = off"))
        connection.execute(_PROVIDERS, {**given, "homes": children // (PER_HOME * 3)})
    for first in range(0, children, BATCH):
        with engine.begin() as connection:
            connection.execute(text("set local synchronous_commit = off"))
            numbers = {"first": first, "last": min(first + BATCH, children)}
            connection.execute(_WHEREABOUTS, {**given, **numbers})
            for statement in (_PLACEMENTS, _DECISIONS, _REVIEWS):
                connection.execute(statement, {**given, **numbers})
    with engine.begin() as connection:
        connection.execute(_COUNTED)
        connection.execute(_NEXT, {"today": placements.today, "due": due})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))
        connection.execute(text("checkpoint"))
    engine.dispose()
