"""Which children another law is tried out on, and what is around them. Nothing is written.

Not here: how their records are read (simulation_records), what the rules say to them (domain.simulation).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache, partial
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, func, or_, select, union
from sqlalchemy import cast as as_type
from sqlalchemy.orm import Session

from services.placements import domain
from services.placements.domain import simulation
from services.placements.domain.simulation import Scope
from services.placements.domain.simulation_laws import Acts, TwoLaws
from services.placements.domain.situation import ProviderFacts
from services.placements.law import PackLaw, law_of
from services.placements.store.decisions import decision, emergency
from services.placements.store.surroundings import Surroundings
from services.placements.store.tables import placement
from services.placements.views import simulation_records
from shared.countries import Pack
from shared.ids import new_id

CHUNK = 2_000
STANDING = (domain.State.CLAIMED, domain.State.ACTIVE)


@dataclass(frozen=True)
class Question:
    """The deployment's law and another one; the day as of which placements are judged; decisions of [since, until).

    With `area`, only what the authorities there or in what lies below answer for.
    """

    laws: tuple[Pack, Pack]
    on: date
    since: date
    until: date
    area: str | None = None

    @property
    def areas(self) -> frozenset[str] | None:
        """The areas concerned; None: all."""
        return None if self.area is None else frozenset(self.laws[0].areas.below(self.area))

    @property
    def scope(self) -> Scope:
        """As the domain asks it."""
        bands = partial(_band, self.laws[0].statistics["bands"]["ages"])
        kind = simulation_records.plain(domain.Placement)
        return Scope(on=self.on, since=self.since, until=self.until, bands=bands, areas=self.areas, kind=kind)


def count(session: Session, question: Question) -> int:
    """How many children there are to ask about."""
    return session.scalar(select(func.count()).select_from(_concerned(question).subquery())) or 0


def chunks(session: Session, question: Question) -> Iterator[list[str]]:
    """The children to ask about, by their ids as text, some thousand at a time."""
    found = session.execute(_concerned(question), execution_options={"yield_per": CHUNK})
    for part in found.scalars().partitions():
        yield list(part)


def ask(session: Session, question: Question, ids: Iterable[str]) -> simulation.Result:
    """What is unmet by both laws of these children's placements, and of what was decided on them."""
    scope, result = question.scope, simulation.Result()
    children = simulation_records.read(session, f"{{{','.join(ids)}}}")
    acts = _acts(session, question, children)
    wanted = {
        each.case
        for child in children.values()
        for each in child.decisions
        if each.case is not None and scope.within(each.made_on, each.area)
    }
    cases = simulation_records.cases(session, wanted)
    for child in children.values():
        simulation.compare(child, acts, scope, cases, result)
    return result


def _acts(session: Session, question: Question, children: Mapping[UUID, Any]) -> Acts:
    """One act by both laws. Only where they disagree on who is grown up are siblings read for each of them."""
    laws = two_laws(*question.laws)
    laws.begin()
    now, then = (law_of(pack) for pack in question.laws)
    around = other = _Around(session, cast(PackLaw, laws), question.on, children)
    if laws.differs:
        around, other = (_Around(session, law, question.on, children) for law in (now, then))
    return Acts(
        domain.Act(question.on, now, new_id, around), domain.Act(question.on, then, new_id, other), laws
    )  # fmt: skip


@lru_cache(maxsize=2)
def two_laws(now: Pack, then: Pack) -> TwoLaws:
    """Two packs as one law, which remembers where they agree."""
    return TwoLaws(law_of(now), law_of(then))


def _concerned(question: Question) -> Select[Any]:
    """Children with a stay, or something that was decided, that is asked about."""
    stay, decided, taken = placement.c, decision.c, emergency.c
    lately = or_(_within(stay.recorded_on, question), _within(stay.from_, question))
    asked = [
        select(stay.child).where(or_(stay.state.in_(STANDING), lately), *_in(stay.area, question)),
        select(decided.child).where(_within(decided.made_on, question), *_in(decided.area, question)),
        select(taken.child).where(_within(as_type(taken.at, decided.made_on.type), question)),
    ]
    found = union(*asked).subquery()
    return select(as_type(found.c.child, Text)).order_by(found.c.child)


def _within(day: ColumnElement[Any], question: Question) -> ColumnElement[bool]:
    return (day >= question.since) & (day < question.until)


def _in(area: ColumnElement[Any], question: Question) -> list[ColumnElement[bool]]:
    return [] if question.areas is None else [area.in_(sorted(question.areas))]


class _Around(Surroundings):
    """What is around children that no session knows."""

    def __init__(self, session: Session, law: PackLaw, on: date, children: Mapping[UUID, Any]) -> None:
        self._children = children
        super().__init__(session, law, on, children.get)
        stays = {stay.provider for child in children.values() for stay in child.placements}
        named = {each.provider for child in children.values() for each in child.decisions}
        self.expect((stays | named) - {None}, children)

    def provider(self, id_: UUID, besides: UUID | None = None) -> ProviderFacts | None:
        """A provider; `besides`: a child that is not counted among those who live or are expected there."""
        facts, child = super().provider(id_), self._children.get(besides) if besides else None
        if facts is None or child is None:
            return facts
        here = [stay for stay in child.placements if stay.provider == id_ and stay.place_kept]
        living = [stay.unit for stay in here if stay.state is domain.State.ACTIVE]
        return facts.without(living, sum(stay.state is domain.State.PLANNED for stay in here))


def _band(ages: Sequence[str], born: date | None, on: date) -> str:
    """The age band of the pack's own tables, such as Y0T2."""
    if born is None:
        return "unknown"
    years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    for name in ages:
        first, last = map(int, name.removeprefix("Y").split("T"))
        if first <= years <= last:
            return name
    return f"Y{years}"


def rows(result: simulation.Result) -> Iterable[dict[str, Any]]:
    """Every cell with its counts, in order."""
    for cell, counted in sorted(result.cells.items()):
        yield {**cell._asdict(), "asked": cell.asked.value, **vars(counted)}
