"""Options for a child out of what is known here: kin, families, small homes, institutions, each with its facts.

Not here: what rules say to them (handlers.options), what a panel makes of them (gatekeeping).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.placements import domain
from services.placements.domain import options
from services.placements.domain.lawbook import CareForm
from services.placements.domain.options import Option, Tier, Wanted
from services.placements.domain.situation import SiblingFacts
from services.placements.store.options import kin
from services.placements.store.surroundings import facts_of
from services.placements.store.tables import provider, whereabouts
from services.placements.views import vacancies
from shared import queries
from shared.countries import Pack

MOST, ALSO = 10, 5
"""So many of each tier that fit are looked for; where fewer are found, so many near home that do not."""


def wanted(
    session: Session, child: UUID, known: Any, siblings: Sequence[SiblingFacts], languages: Iterable[str], on: date
) -> Wanted:
    """Whom a place is looked for: the child, and brothers and sisters with a bond who are children themselves."""
    together = [each for each in siblings if not (each.adult or each.died or each.harmed) and each.bond != "no"]
    ids = [child, *(each.child for each in together)]
    told = whereabouts.c
    rows = session.execute(select(told.born_to, told.sex).where(told.child.in_(ids))).all()
    return Wanted(
        home=known.area, children=len(ids), on=on, languages=tuple(languages),
        ages=tuple(_completed(row.born_to, on) for row in rows if row.born_to),
        sexes=frozenset(row.sex for row in rows if row.sex in {"F", "M"}),
        siblings_at=frozenset(each.provider for each in together if each.provider and each.care_form),
    )  # fmt: skip


def of_kin(session: Session, pack: Pack, child: UUID, home: str | None, on: date) -> Iterator[Option]:
    """Relatives and those close to the family, but for parents: those of records merged into the child's too."""
    told = whereabouts.c
    ids = [child, *session.scalars(select(told.child).where(told.merged_into == child))]
    relations = pack.codes("relationship_kind")
    for row in session.execute(select(kin).where(kin.c.child.in_(ids)).order_by(kin.c.person)):
        if relations.get(row.relation, {}).get("parent") != "yes":
            levels = _levels(pack, home, row.area, on)
            yield options.of_person(row.person, row.relation, row.area, row.deceased, levels)


def of_providers(session: Session, pack: Pack, sought: Wanted, forms: Mapping[str, CareForm]) -> Iterator[Option]:
    """Families and homes with room near home, then some near home that do not fit, and where siblings live."""
    seen: set[UUID] = set()
    kinds = {tier: [code for code in pack.codes("provider_kind") if options.tier(code) is tier] for tier in Tier}
    for tier in (Tier.FAMILY, Tier.SMALL_HOME, Tier.INSTITUTION):
        rows = _rows(session, pack, sought, [code for code in kinds[tier] if code not in options.NO_PLACE], seen)
        seen |= {row["id"] for row in rows}
        yield from (_option(row, pack, sought, forms) for row in rows)
    missing = sorted(sought.siblings_at - seen)
    if missing:
        for row in queries.rows(session, select(provider).where(provider.c.id.in_(missing))):
            yield _option(row, pack, sought, forms)


def _rows(
    session: Session, pack: Pack, sought: Wanted, kinds: Collection[str], seen: Collection[UUID]
) -> list[dict[str, Any]]:
    asked = vacancies.Sought(
        kinds=kinds, on=sought.on, children=sought.children, ages=sought.ages, sexes=sought.sexes, without=tuple(seen)
    )
    rows = vacancies.found(session, asked, sought.home, pack.areas, MOST)
    if len(rows) < MOST:
        others = vacancies.Sought(kinds=kinds, on=sought.on, without=[*seen, *(row["id"] for row in rows)])
        rows += vacancies.found(session, others, sought.home, pack.areas, ALSO, fitting=False)
    return rows


def _option(row: Mapping[str, Any], pack: Pack, sought: Wanted, forms: Mapping[str, CareForm]) -> Option:
    facts = facts_of(row, sought.on)
    return options.of_provider(
        facts, row["languages"], forms, sought, _levels(pack, sought.home, row["area"], sought.on)
    )


def _levels(pack: Pack, home: str | None, area: str | None, on: date) -> int | None:
    if home is None or area is None:
        return None
    around = pack.areas.ancestors(area, on)
    return next((step for step, each in enumerate(pack.areas.ancestors(home, on)) if each in around), None)


def _completed(born_to: date, on: date) -> int:
    """Completed years, read protectively: of the latest possible day of birth."""
    years = on.year - born_to.year
    return max(0, years - (domain.months_later(born_to, 12 * years) > on))
