"""What rules ask for beyond a child's own record: providers, and where brothers and sisters are (domain.situation).

A batch says what it will need with `expect` and is answered by two queries. Nothing is locked: whose permission hangs
on a free place locks the provider first (store/rooms.py). Not here: what a rule says to it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, any_, func, inspect, literal, select
from sqlalchemy.orm import Session

from services.placements import domain
from services.placements.domain import codes
from services.placements.domain.bonds import BondStatus
from services.placements.domain.situation import OtherRecord, ProviderFacts, SiblingFacts, StayElsewhere
from services.placements.law import PackLaw
from services.placements.store import pack, turn
from services.placements.store.providers import Providers
from services.placements.store.rooms import Rooms
from services.placements.store.stays_tables import sibling_bond
from services.placements.store.tables import placement, provider, provider_unit, whereabouts
from shared.countries import Pack
from shared.unit_of_work import SqlUnitOfWork

Bonds = dict[tuple[UUID, UUID], tuple[str, bool]]
_OPEN = (domain.State.PLANNED, domain.State.ACTIVE)
_KEPT = (*_OPEN, domain.State.ENDED)
_YOUNGEST, _OLDEST = 0, 25


class Surroundings:
    """Providers and siblings as they are in the database, read once each within one unit of work."""

    def __init__(
        self,
        session: Session,
        law: PackLaw,
        today: date,
        loaded: Callable[[UUID], domain.Whereabouts | None],
    ) -> None:
        """`loaded`: a child's whereabouts where they are at hand."""
        self._session = session
        self._law = law
        self._today = today
        self._loaded = loaded
        self._providers: dict[UUID, ProviderFacts | None] = {}
        self._siblings: dict[UUID, Sequence[SiblingFacts]] = {}

    def expect(self, providers: Iterable[UUID], children: Iterable[UUID]) -> None:
        """Look many up at once."""
        wanted = {each for each in providers if each not in self._providers}
        if wanted:
            self._providers |= dict.fromkeys(wanted, None) | self._read_providers(wanted)
        named = {child: self._named(child) for child in children if child not in self._siblings}
        if named:
            self._siblings |= self._read_siblings(named)

    def provider(self, id_: UUID, besides: UUID | None = None) -> ProviderFacts | None:
        """A provider or carer family, or None where there is none with this id.

        `besides`: a child that is not counted among those who live or are expected there.
        """
        if id_ not in self._providers:
            self.expect([id_], ())
        facts, child = self._providers[id_], self._loaded(besides) if besides else None
        if facts is None or child is None:
            return facts
        here = [(state, unit) for where, state, unit in map(_as_written, child.placements) if where == id_]
        living = [unit for state, unit in here if state is domain.State.ACTIVE]
        return facts.without(living, sum(state is domain.State.PLANNED for state, _ in here))

    def siblings(self, of: UUID) -> Sequence[SiblingFacts]:
        """The brothers and sisters whom registry names."""
        if of not in self._siblings:
            self.expect((), [of])
        return self._siblings[of]

    def other_records(self, of: UUID, known: domain.KnownChild) -> Sequence[OtherRecord]:
        """The records that registry merged with that of a child; neither withdrawn nor sealed ones."""
        ids = known.same
        if known.merged_into is not None:
            also = self._session.scalar(select(whereabouts.c.merged).where(whereabouts.c.child == known.merged_into))
            ids |= (also or frozenset()) - {of}
        return self._records(ids) if ids else ()

    def learn(self, made: domain.Provider) -> None:
        """A provider taken up in this unit of work, of which nothing is known yet but what it is."""
        self._providers[made.id] = ProviderFacts(id=made.id, kind=made.kind, area=made.area, places=made.places)

    def forget(self, providers: Iterable[UUID]) -> None:
        """These providers changed, or who lives there did."""
        for each in providers:
            self._providers.pop(each, None)

    def _read_providers(self, ids: Iterable[UUID]) -> dict[UUID, ProviderFacts]:
        largest = select(func.max(provider_unit.c.places)).where(provider_unit.c.provider == provider.c.id)
        stay = placement.c
        lives = (stay.provider == provider.c.id) & (stay.state == domain.State.ACTIVE) & stay.place_kept
        housed = select(stay.unit, func.count().label("living")).where(lives, stay.unit.is_not(None))
        roof = housed.group_by(stay.unit).correlate(provider).subquery()
        roofs = select(func.jsonb_object_agg(roof.c.unit, roof.c.living)).scalar_subquery()
        query = select(provider, largest.scalar_subquery().label("largest"), roofs.label("roofs"))
        query = query.where(provider.c.id.in_(ids))
        return {row.id: facts_of(dict(row._mapping), self._today) for row in self._session.execute(query)}

    def _records(self, ids: frozenset[UUID]) -> Sequence[OtherRecord]:
        child, stay = whereabouts.c, placement.c
        query = (
            select(
                child.child,
                child.version,
                child.cases,
                stay.id,
                stay.care_form,
                stay.from_,
                stay.to,
                stay.kind,
                stay.ground,
                stay.began_at,
                stay.state,
                stay.planned_to,
            )
            .outerjoin_from(whereabouts, placement, (stay.child == child.child) & stay.state.in_(_KEPT))
            .where(child.child.in_(ids), child.sealed.is_(False), child.withdrawn.is_(False))
            .order_by(child.child, stay.from_, stay.id)
        )
        found: dict[UUID, OtherRecord] = {}
        for row in self._session.execute(query):
            one = found.get(row.child) or OtherRecord(
                id=row.child, version=row.version, named=any(each.named for each in row.cases)
            )
            if row.state is domain.State.PLANNED:
                one = replace(one, planned=(*one.planned, replace(_elsewhere(row), to=row.planned_to)))
            elif row.id is not None:
                one = replace(one, stays=(*one.stays, _elsewhere(row)))
            found[row.child] = one
        return tuple(found.values())

    def _named(self, child: UUID) -> frozenset[UUID]:
        known = self._loaded(child)
        if known is not None:
            return known.known.siblings
        found = self._session.scalar(select(whereabouts.c.siblings).where(whereabouts.c.child == child))
        return found or frozenset()

    def _read_siblings(self, named: dict[UUID, frozenset[UUID]]) -> dict[UUID, Sequence[SiblingFacts]]:
        ids = frozenset[UUID]().union(*named.values())
        if not ids:
            return dict.fromkeys(named, ())
        found = self._whereabouts(ids)
        bonds = self._bonds(ids.union(child for child, siblings in named.items() if siblings))
        return {
            child: tuple(_bound(found[each], bonds, child) for each in sorted(siblings) if each in found)
            for child, siblings in named.items()
        }

    def _bonds(self, ids: frozenset[UUID]) -> Bonds:
        """What was found of the bonds between these, from either side."""
        bond = sibling_bond.c
        among = any_(literal(list(ids), ARRAY(Uuid)))
        standing = (bond.status == BondStatus.STANDING) & (bond.child == among) & (bond.sibling == among)
        rows = self._session.execute(select(bond.child, bond.sibling, bond.bond, bond.harmed).where(standing))
        return {(row.child, row.sibling): (str(row.bond), row.harmed) for row in rows}

    def _whereabouts(self, ids: frozenset[UUID]) -> dict[UUID, SiblingFacts]:
        """Where these children are, by their records or others of them; entries made in error or sealed are none."""
        rows = self._placed(ids)
        same = {
            other: row.child
            for row in rows
            for other in (*row.merged, row.merged_into)
            if other is not None and other not in ids
        }
        found: dict[UUID, SiblingFacts] = {}
        for row in (*rows, *(self._placed(same) if same else ())):
            of = same.get(row.child, row.child)
            one = found.get(of) or SiblingFacts(
                child=of, adult=self._grown(row.born_to, row.area), died=row.died_on is not None
            )
            if row.state is domain.State.ACTIVE:
                one = replace(one, care_form=row.care_form, provider=row.provider, placement=row.id)
            elif row.state is domain.State.PLANNED:
                one = replace(one, planned_with=row.provider)
            found[of] = one
        return found

    def _placed(self, ids: Iterable[UUID]) -> Sequence[Any]:
        """What is known of these children, with each stay that goes on or is to come."""
        child, stay = whereabouts.c, placement.c
        open_stay = (stay.child == child.child) & stay.state.in_(_OPEN)
        query = (
            select(
                child.child, child.area, child.born_to, child.died_on, child.merged, child.merged_into,
                stay.id, stay.state, stay.care_form, stay.provider,
            )
            .outerjoin_from(whereabouts, placement, open_stay)
            .where(
                child.child == any_(literal(list(ids), ARRAY(Uuid))),
                child.sealed.is_(False), child.withdrawn.is_(False),
            )
        )  # fmt: skip
        return self._session.execute(query).all()

    def _grown(self, born_to: date | None, area: str | None) -> bool:
        """Whether someone is certainly of age: a birth date that is not certain is read protectively (CARE C12)."""
        age = self._law.number("child_until_age", area, self._today)
        leap_birthday = self._law.law(area or "", self._today, self._today).leap_birthday
        if born_to is None or age is None:
            return False
        return domain.birthday(born_to, age.amount, leap_birthday) <= self._today


def _elsewhere(row: Any) -> StayElsewhere:
    urgent = row.kind == codes.EMERGENCY or row.ground is domain.Ground.EMERGENCY
    return StayElsewhere(
        id=row.id, care_form=row.care_form, from_=row.from_, to=row.to, urgent=urgent, began_at=row.began_at
    )


def facts_of(row: Mapping[str, Any], today: date) -> ProviderFacts:
    """What a row of providers says on a day; `largest`, where it is read: the places of its largest unit."""
    largest = row.get("largest")
    ages = None
    if row["age_from"] is not None or row["age_to"] is not None:
        ages = _or(row["age_from"], _YOUNGEST), _or(row["age_to"], _OLDEST)
    return ProviderFacts(
        id=row["id"], kind=row["kind"], area=row["area"], approval_needed=row["approval_needed"],
        approved_from=row["approved_from"], approved_to=row["approved_to"], suspended=row["suspended"],
        closed=row["closed_on"] is not None and row["closed_on"] <= today,
        places=row["places"], living=row["living"], expected=row["expected"], ages=ages,
        sexes=frozenset(row["sexes"]), care_forms=frozenset(row["care_forms"]),
        under_one_roof=row["living"] if largest is None else min(row["living"], largest),
        roofs=row.get("roofs") or {},
    )  # fmt: skip


def _bound(sibling: SiblingFacts, bonds: Bonds, child: UUID) -> SiblingFacts:
    """With the bond that the child has with it: its own finding before that of the other; harm if either says so."""
    found = [bonds[pair] for pair in ((child, sibling.child), (sibling.child, child)) if pair in bonds]
    return replace(sibling, bond=found[0][0], harmed=any(harmed for _, harmed in found)) if found else sibling


def _or(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value


def _as_written(stay: domain.Placement) -> tuple[UUID | None, domain.State | None, str | None]:
    """Where a placement counts in the database; nowhere if it is not written yet, or its place is kept no longer."""
    mapped: Any = inspect(stay)
    if not mapped.persistent:
        return None, None, None
    before = mapped.committed_state
    if not before.get("place_kept", stay.place_kept):
        return None, None, None
    return before.get("provider", stay.provider), before.get("state", stay.state), before.get("unit", stay.unit)


class Collections(turn.Collections, pack.Collections, SqlUnitOfWork):
    """What the unit of work offers of it."""

    _codes: Pack

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.rooms = Rooms(self.session, self._counted)

    @cached_property
    def providers(self) -> Providers:
        """The providers."""
        return Providers(self.session)

    @cached_property
    def surroundings(self) -> Surroundings:
        """Providers and siblings, for the rules."""
        return Surroundings(self.session, self.law, self.today, self._at_hand)

    def write_copied(self) -> None:
        """Write what waited, then count who lives where: the rows of providers are locked last."""
        super().write_copied()
        for each in self.rooms.write():  # over-full now, or no longer: that concerns all who live there
            self.turn.concern_provider(each, self.today)

    def _counted(self, providers: Iterable[UUID]) -> None:
        self.surroundings.forget(providers)

    def _at_hand(self, child: UUID) -> domain.Whereabouts | None:
        return self.session.identity_map.get(inspect(domain.Whereabouts).identity_key_from_primary_key((child,)))

    def _forget(self) -> None:
        """What others commit from now on is seen."""
        super()._forget()
        self.__dict__.pop("surroundings", None)
