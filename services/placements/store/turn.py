"""Tables of the day's turn: whose day has come, whom something outside their own record concerns, which law was seen.

Not here: what the rules say then (domain), what changes a law (services/placements/law.py).
"""

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Date,
    Identity,
    SmallInteger,
    Table,
    Text,
    Uuid,
    bindparam,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.placements import domain
from services.placements.domain import turn_law
from services.placements.domain.turn_law import LawSeen
from services.placements.store import pack
from services.placements.store import turn_law as laws
from services.placements.store.tables import metadata, whereabouts
from shared import failpoints
from shared.countries import Pack

turn_child = Table(
    "turn_child",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("child", Uuid, nullable=False),
    Column("on", Date, nullable=False),
)
turn_provider = Table(
    "turn_provider",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("provider", Uuid, nullable=False),
    Column("on", Date, nullable=False),
)
law_seen = Table(
    "turn_law",
    metadata,
    Column("one", SmallInteger, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("seen_on", Date, nullable=False),
    Column("spread_on", Date),
    Column("spread_areas", ARRAY(Text)),
    Column("spread_after", Uuid),
)

MOVING = (domain.PlacementAuthorised, domain.PlacementStarted, domain.PlacementEnded, domain.PlacementCorrected)
QUEUED = 200
"""So many children or providers that something concerns are taken from the queues at once."""
_CHILDREN = text(
    """
    with asked as (
        select id, child, "on" from turn_child order by id limit :most for update skip locked
    ), free as (
        select child from whereabouts where child in (select child from asked) for update skip locked
    ), taken as (
        delete from turn_child using asked where turn_child.id = asked.id and (
            asked.child in (select child from free)
            or not exists (select from whereabouts w where w.child = asked.child)
        )
        returning asked.child, asked."on"
    )
    update whereabouts set next_on = least(whereabouts.next_on, concerned.on_day)
    from (select child, min("on") as on_day from taken group by child) concerned
    where whereabouts.child = concerned.child
    """
)
"""Who is at hand elsewhere stays in the queue: the turn waits for nobody."""
_PROVIDERS = text(
    """
    with taken as (
        delete from turn_provider
        where id in (select id from turn_provider order by id limit :most for update skip locked)
        returning provider, "on"
    )
    insert into turn_child (child, "on")
    select placement.child, min(taken."on") from placement join taken on taken.provider = placement.provider
    where placement.state in ('planned', 'active', 'claimed') group by placement.child
    """
)
_SPREAD = text(
    """
    with concerned as (
        select child from whereabouts where child = any(:children) and exists (
            select from placement where placement.child = whereabouts.child
            and placement.state in ('planned', 'active', 'claimed')
            and (cast(:areas as text[]) is null or placement.area = any(:areas))
        )
    ), free as (
        select child from whereabouts where child in (select child from concerned) for update skip locked
    ), moved as (
        update whereabouts set next_on = least(whereabouts.next_on, :on) from free
        where whereabouts.child = free.child
    )
    insert into turn_child (child, "on")
    select child, :on from concerned where child not in (select child from free)
    """
).bindparams(
    bindparam("children", type_=ARRAY(Uuid)), bindparam("on", type_=Date), bindparam("areas", type_=ARRAY(Text))
)


class Turn:
    """Whose day has come (handlers.turn.Days)."""

    def __init__(self, session: Session, pack: Pack) -> None:
        self._session = session
        self._pack = pack

    def concern(self, children: Iterable[UUID], on: date) -> None:
        """Something outside their own record may make another verdict on these from a day on; nobody is locked."""
        self._queue(turn_child, "child", children, on)

    def concern_provider(self, provider: UUID, on: date) -> None:
        """As `concern`, of all children with this provider or carer family."""
        self._queue(turn_provider, "provider", [provider], on)

    def gather(self) -> int:
        """Bring forward the day of those whom something concerns; how many rows that were."""
        return sum(self._rows(self._session.execute(each, {"most": QUEUED})) for each in (_PROVIDERS, _CHILDREN))

    def due(self, today: date, most: int) -> list[UUID]:
        """The children whose day has come, locked, who waited longest first; those that others have at hand are not."""
        query = select(whereabouts.c.child).where(whereabouts.c.next_on <= today)
        ordered = query.order_by(whereabouts.c.next_on, whereabouts.c.child).limit(most)
        found = list(self._session.scalars(ordered.with_for_update(skip_locked=True)))
        failpoints.hit("chunk.read")
        return found

    def put_off(self, child: domain.Whereabouts, until: date) -> None:
        """Forget what was begun with the child; it is looked at again on another day."""
        child.pull_facts()
        for each in [new for new in self._session.new if getattr(new, "child", None) == child.id]:
            self._session.expunge(each)
        self._session.refresh(child)
        child.next_on = until

    def law(self) -> LawSeen | None:
        """The law as the turn saw it last, locked; None: there was no turn yet."""
        row = self._session.execute(select(*law_seen.c).where(law_seen.c.one == 1).with_for_update()).one_or_none()
        if row is None:
            return None
        areas = None if row.spread_areas is None else tuple(row.spread_areas)
        return LawSeen(row.digest, row.seen_on, row.spread_on, areas, row.spread_after)

    def follow(self, seen: LawSeen | None, today: date) -> LawSeen:
        """What there is to tell of the law now."""
        changes = laws.changes(self._pack, seen.seen_on, today) if seen else []
        return turn_law.follow(seen, laws.digest(self._pack), changes, today)

    def saw(self, law: LawSeen) -> None:
        """Keep which law was seen."""
        areas = None if law.spread_areas is None else list(law.spread_areas)
        row: dict[str, Any] = {"one": 1, **vars(law), "spread_areas": areas}
        self._session.execute(insert(law_seen).values(row).on_conflict_do_update(index_elements=["one"], set_=row))

    def spread(self, law: LawSeen, most: int) -> UUID | None:
        """Bring forward the day of the next children in the order of their ids; the last of them, None at the end."""
        query = select(whereabouts.c.child).order_by(whereabouts.c.child).limit(most)
        if law.spread_after is not None:
            query = query.where(whereabouts.c.child > law.spread_after)
        children = list(self._session.scalars(query))
        if children:
            self._session.execute(
                _SPREAD,
                {"children": children, "on": law.spread_on, "areas": law.spread_areas and list(law.spread_areas)},
            )
        return children[-1] if len(children) == most else None

    def _queue(self, table: Table, column: str, ids: Iterable[UUID], on: date) -> None:
        """Rows of their own, so that nobody waits for another who says the same."""
        rows = [{column: each, "on": on} for each in dict.fromkeys(ids)]
        if rows:
            self._session.execute(insert(table), rows)

    @staticmethod
    def _rows(result: Any) -> int:
        return int(result.rowcount)


class Collections(pack.Collections):
    """What the unit of work offers of them."""

    session: Session

    @cached_property
    def turn(self) -> Turn:
        """Whose day has come."""
        return Turn(self.session, self._codes)

    def concern_siblings(self, told: Iterable[tuple[object, object]]) -> None:
        """Where a child comes, goes or is to go may be what a rule asks of its brothers and sisters.

        Or of the other records of the same child.
        """
        concerned: set[UUID] = set()
        for root, fact in told:
            if isinstance(fact, MOVING) and isinstance(root, domain.Whereabouts):
                concerned |= root.known.siblings | root.known.same
        if concerned:
            self.turn.concern(sorted(concerned), self.today)
