"""Tables and mapping of the way home. What a child and a family said is sealed under the child's key."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    any_,
    case,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, composite, relationship

from services.placements import domain as placements
from services.placements.domain import absences, codes
from services.placements.domain import reintegration as domain
from services.placements.domain.reintegration_facts import TRIAL_AT_HOME
from services.placements.domain.reintegration_follow_ups import FollowUp
from services.placements.domain.reintegration_preparation import Cause, Parents, Preparation, Wish
from services.placements.store import pack
from services.placements.store.mapping import mapper
from services.placements.store.of_children import OfChildren
from services.placements.store.stays_tables import absence
from services.placements.store.tables import CodesType, metadata, placement, whereabouts
from services.placements.store.way_home_law import PackWayHomeLaw
from shared import protection
from shared.columns import EnumText

OPEN = [
    each
    for each, following in domain.REINTEGRATION_TRANSITIONS.items()
    if following and each is not domain.ReintegrationState.BROKEN_DOWN
]

reintegration = Table(
    "reintegration",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("child", Uuid, ForeignKey("whereabouts.child"), nullable=False),
    Column("placement", Uuid, ForeignKey("placement.id"), nullable=False),
    Column("area", Text, nullable=False),
    Column("started_on", Date, nullable=False),
    Column("state", EnumText(domain.ReintegrationState), nullable=False),
    Column("cause", EnumText(Cause)),
    Column("wish", EnumText(Wish)),
    Column("parents", EnumText(Parents)),
    Column("decision", Uuid),
    Column("support", CodesType, nullable=False),
    Column("relation", Text),
    Column("trial_from", Date),
    Column("trial_until", Date),
    Column("trial_told", Boolean, nullable=False),
    Column("returned_on", Date),
    Column("unmet", CodesType, nullable=False),
    Column("over_on", Date),
    Column("reason", Text),
    Column("re_entry", Uuid),
    Column("next_on", Date),
    Column("seen", Integer, nullable=False),
    Column("born_to", Date),
    Column("sealed", LargeBinary),
)

follow_up = Table(
    "reintegration_follow_up",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("reintegration", Uuid, ForeignKey("reintegration.id"), nullable=False),
    Column("child", Uuid, nullable=False),
    Column("month", Integer, nullable=False),
    Column("due", Date, nullable=False),
    Column("held_on", Date),
    Column("told", Boolean, nullable=False),
    Column("missed", Boolean, nullable=False),
    Column("at_home", Boolean),
    Column("safe", Boolean),
    Column("in_school", Boolean),
    Column("healthy", Boolean),
    Column("supported", Boolean),
    Column("content", Boolean),
    Column("sealed", LargeBinary),
)

_kept, _stay, _known = reintegration.c, placement.c, whereabouts.c
mapper.map_imperatively(FollowUp, follow_up)
mapper.map_imperatively(
    domain.Reintegration,
    reintegration,
    version_id_col=_kept.version,
    version_id_generator=False,
    properties={
        "preparation": composite(Preparation, _kept.cause, _kept.wish, _kept.parents, _kept.decision, _kept.support),
        "follow_ups": relationship(FollowUp, order_by=follow_up.c.month, lazy="selectin"),
    },
)


def _keep_said(each: domain.Reintegration, kept: dict[str, Any]) -> None:
    each.child_said = kept["child_said"]


def _keep_words(each: FollowUp, kept: dict[str, Any]) -> None:
    each.words = kept["words"]


protection.protect(
    domain.Reintegration,
    reintegration,
    subject=lambda each: each.child,
    write=lambda each: {"child_said": each.child_said},
    read=_keep_said,
)
protection.protect(
    FollowUp, follow_up, subject=lambda each: each.child, write=lambda each: {"words": each.words}, read=_keep_words
)


class Reintegrations(OfChildren[domain.Reintegration]):
    """The ways home of a deployment."""

    kind = domain.Reintegration
    what = "way home"

    def __init__(self, session: Session, formal: tuple[str, ...]) -> None:
        super().__init__(session)
        self._formal = formal

    def expect_of(self, children: Iterable[UUID]) -> None:
        """Load and lock those of many children at once, and their keys before."""
        wanted = list(children)
        protection.keyring(self._session).expect(wanted)
        super().expect_of(wanted)

    def stirring(self, today: date, limit: int) -> Sequence[UUID]:
        """Children whose way home may have to go on by itself: a day has come, or their whereabouts changed."""
        moved = _versions() != _kept.seen
        news = (
            moved,
            _known.born_to.is_distinct_from(_kept.born_to),
            _known.died_on.is_not(None),
            _known.withdrawn,
        )
        broken = (_kept.state == domain.ReintegrationState.BROKEN_DOWN) & moved
        going = _kept.state.in_(OPEN) & or_(_kept.next_on <= today, *news)
        query = select(_kept.child).join(whereabouts, _known.child == _kept.child).where(or_(going, broken))
        return self._session.scalars(query.distinct().order_by(_kept.child).limit(limit)).all()

    def unfollowed(self, since: date, majority: int, limit: int) -> Sequence[tuple[UUID, UUID]]:
        """Child and placement of returns home since a day, where the child has no way home on record for it.

        Stays that were over when they were recorded are history, which an import brings.
        """
        counts = or_(_kept.returned_on.is_not(None), _kept.state.in_(domain.BEFORE_RETURN))
        on_record = exists().where(_kept.placement == _stay.id, counts)
        grown = _stay.to - func.make_interval(majority)
        query = select(_stay.child, _stay.id).join(whereabouts, _known.child == _stay.child)
        query = query.where(
            _stay.state == placements.State.ENDED,
            _stay.destination == codes.HOME,
            _stay.to >= since,
            _stay.to >= _stay.recorded_on,
            _stay.care_form.in_(self._formal),
            _known.withdrawn.is_(False),
            _known.sealed.is_(False),
            or_(_known.born_to.is_(None), _known.born_to > grown),
            ~on_record,
        )
        rows = self._session.execute(query.order_by(_stay.to, _stay.id).limit(limit))
        return [(row[0], row[1]) for row in rows]

    def unnoted(self, majority: int, today: date, limit: int) -> Sequence[tuple[UUID, UUID, date]]:
        """Child, placement and first day of trials at home that go on as absences alone.

        Each is noted once: that a way home ended, or the trial on it, begins none anew for the same absence.
        """
        away = absence.c
        on_record = exists().where(
            _kept.child == away.child,
            or_(_kept.state == domain.ReintegrationState.TRIAL, _kept.trial_from == away.from_),
        )
        query = select(away.child, away.placement, away.from_).join(placement, _stay.id == away.placement)
        query = query.join(whereabouts, _known.child == away.child).where(
            away.kind == TRIAL_AT_HOME,
            away.state.in_(absences.OPEN),
            _stay.state == placements.State.ACTIVE,
            _stay.care_form.in_(self._formal),
            _known.withdrawn.is_(False),
            _known.sealed.is_(False),
            _known.died_on.is_(None),
            or_(_known.born_to.is_(None), _known.born_to > today - func.make_interval(majority)),
            ~on_record,
        )
        rows = self._session.execute(query.order_by(away.from_, away.id).limit(limit))
        return [(row[0], row[1], row[2]) for row in rows]


def _versions() -> ColumnElement[int]:
    """The version of a child's record, with those of the records merged with it: what changes when one of them does."""
    other, own = whereabouts.alias().c, _known
    ids = func.array_append(own.merged, own.merged_into)
    same = (other.child == any_(ids)) & other.sealed.is_(False) & other.withdrawn.is_(False)
    others = select(func.coalesce(func.sum(other.version), 0)).where(same).scalar_subquery()
    alone = own.merged_into.is_(None) & (func.cardinality(own.merged) == 0)
    return own.version + case((alone, 0), else_=others)


class Collections(pack.Collections):
    """What the unit of work offers of them."""

    session: Session

    @cached_property
    def way_home_law(self) -> PackWayHomeLaw:
        """What the pack says of the way home, of leaving care and of guardians."""
        return PackWayHomeLaw(self._codes, self.law)

    def expect_keys(self, children: Iterable[UUID]) -> None:
        """Load the keys of many children."""
        protection.keyring(self.session).expect(children)

    @cached_property
    def reintegrations(self) -> Reintegrations:
        """The ways home of the deployment."""
        return Reintegrations(self.session, self.way_home_law.formal_forms())
