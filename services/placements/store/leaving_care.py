"""Tables and mapping of leaving care and coming of age. Plans, reviews and words are sealed under the child's key."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    Select,
    Table,
    Text,
    Uuid,
    and_,
    exists,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session, relationship

from services.placements.domain import leaving_care as domain
from services.placements.domain.guardianship import COURT, GuardianshipState
from services.placements.domain.leaving_care_majority import ComingOfAge, ComingOfAgeState
from services.placements.domain.leaving_care_plan import Plan, ReadinessReview
from services.placements.domain.placement import State
from services.placements.store import pack, sealing
from services.placements.store.guardianship import guardianship
from services.placements.store.mapping import mapper
from services.placements.store.of_children import child_of
from services.placements.store.tables import metadata, placement, whereabouts
from services.placements.store.way_home_law import PackWayHomeLaw
from shared import protection
from shared.columns import EnumText
from shared.repository import Repository

leaving_care = Table(
    "leaving_care",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("child", Uuid, ForeignKey("whereabouts.child"), nullable=False),
    Column("area", Text, nullable=False),
    Column("placement", Uuid, ForeignKey("placement.id"), nullable=False),
    Column("state", EnumText(domain.LeavingCareState), nullable=False),
    Column("reached_on", Date, nullable=False),
    Column("due", Date, nullable=False),
    Column("planned_on", Date),
    Column("review_due", Date),
    Column("reviewed_on", Date),
    Column("visit_due", Date),
    Column("told", Boolean, nullable=False),
    Column("left_on", Date),
    Column("early", Boolean, nullable=False),
    Column("decision", Uuid),
    Column("requested_on", Date),
    Column("until", Date),
    Column("over_on", Date),
    Column("reason", Text),
    Column("next_on", Date),
    Column("seen", Integer, nullable=False),
    Column("born", Date),
    Column("sealed", LargeBinary),
)

aftercare_visit = Table(
    "aftercare_visit",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("leaving_care", Uuid, ForeignKey("leaving_care.id"), nullable=False),
    Column("child", Uuid, nullable=False),
    Column("month", Integer),
    Column("due", Date),
    Column("held_on", Date),
    Column("told", Boolean, nullable=False),
    Column("housed", Boolean),
    Column("in_education", Boolean),
    Column("in_work", Boolean),
    Column("in_contact", Boolean),
    Column("in_trouble", Boolean),
    Column("sealed", LargeBinary),
)

coming_of_age = Table(
    "coming_of_age",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("child", Uuid, ForeignKey("whereabouts.child"), nullable=False),
    Column("placement", Uuid, ForeignKey("placement.id"), nullable=False),
    Column("area", Text, nullable=False),
    Column("state", EnumText(ComingOfAgeState), nullable=False),
    Column("on", Date, nullable=False),
    Column("due", Date, nullable=False),
    Column("born", Date),
    Column("outcome", Text),
    Column("decision", Uuid),
    Column("consented_on", Date),
    Column("decided_on", Date),
    Column("seen", Integer, nullable=False),
)

_kept, _of_age, _stay, _known = leaving_care.c, coming_of_age.c, placement.c, whereabouts.c
mapper.map_imperatively(domain.AftercareVisit, aftercare_visit)
mapper.map_imperatively(ComingOfAge, coming_of_age, version_id_col=_of_age.version, version_id_generator=False)
mapper.map_imperatively(
    domain.LeavingCare,
    leaving_care,
    version_id_col=_kept.version,
    version_id_generator=False,
    properties={
        "visits": relationship(
            domain.AftercareVisit, order_by=aftercare_visit.c.id, lazy="selectin", cascade="all, delete-orphan"
        )
    },
)


def _write(each: domain.LeavingCare) -> dict[str, Any]:
    return {"plan": msgspec.to_builtins(each.plan), "reviews": msgspec.to_builtins(each.reviews)}


def _read(each: domain.LeavingCare, kept: dict[str, Any]) -> None:
    each.plan = msgspec.convert(kept["plan"], Plan | None)
    each.reviews = msgspec.convert(kept["reviews"], tuple[ReadinessReview, ...])


def _keep_words(each: domain.AftercareVisit, kept: dict[str, Any]) -> None:
    each.words = kept["words"]


protection.protect(domain.LeavingCare, leaving_care, subject=lambda each: each.child, write=_write, read=_read)
protection.protect(
    domain.AftercareVisit,
    aftercare_visit,
    subject=lambda each: each.child,
    write=lambda each: {"words": each.words},
    read=_keep_words,
)


class LeavingCares(Repository[domain.LeavingCare]):
    """Those who are leaving care."""

    kind = domain.LeavingCare

    def __init__(self, session: Session, formal: tuple[str, ...]) -> None:
        super().__init__(session)
        self._formal = formal

    def add(self, thing: domain.LeavingCare) -> None:
        """Take in a new one; the child has a key from now on."""
        sealing.provide(self._session, thing.child)
        super().add(thing)

    def child_of(self, id_: UUID) -> UUID:
        """Whose it is; nothing is locked. Raises NotFound."""
        return child_of(self._session, leaving_care, id_, "leaving care")

    def of(self, child: UUID) -> domain.LeavingCare | None:
        """The one of a child that is not over, locked."""
        going = _kept.state != domain.LeavingCareState.ENDED
        query = select(domain.LeavingCare).where(_kept.child == child, going).with_for_update()
        return self._session.scalars(query).first()

    def stirring(self, today: date, limit: int) -> Sequence[UUID]:
        """Children with one that may have to go on by itself: a day has come, or their whereabouts changed."""
        news = (
            _known.version > _kept.seen,
            _known.born_to.is_distinct_from(_kept.born),
            _known.died_on.is_not(None),
            _known.withdrawn,
        )
        query = select(_kept.child).join(whereabouts, _known.child == _kept.child)
        query = query.where(_kept.state != domain.LeavingCareState.ENDED, or_(_kept.next_on <= today, *news))
        return self._session.scalars(query.order_by(_kept.child).limit(limit)).all()

    def reaching(self, born_by: date, after: tuple[date, UUID] | None, limit: int) -> Sequence[tuple[date, UUID]]:
        """Children in care who may be born by a day, without one: by first possible day of birth, from `after` on."""
        there = exists().where(_kept.child == _known.child, _kept.state != domain.LeavingCareState.ENDED)
        query = in_care(self._formal).where(_known.born_from <= born_by, ~there)
        return _page(self._session, query, _known.born_from, after, limit)


class ComingsOfAge(Repository[ComingOfAge]):
    """Who came of age in care."""

    kind = ComingOfAge

    def __init__(self, session: Session, formal: tuple[str, ...]) -> None:
        super().__init__(session)
        self._formal = formal

    def child_of(self, id_: UUID) -> UUID:
        """Whose it is; nothing is locked. Raises NotFound."""
        return child_of(self._session, coming_of_age, id_, "coming of age")

    def of(self, child: UUID) -> ComingOfAge | None:
        """The one of a child that was not retracted, locked."""
        stands = _of_age.state != ComingOfAgeState.RETRACTED
        query = select(ComingOfAge).where(_of_age.child == child, stands).order_by(_of_age.id.desc()).with_for_update()
        return self._session.scalars(query).first()

    def candidates(
        self, born_by: date, guarded_born_by: date, after: tuple[date, UUID] | None, limit: int
    ) -> Sequence[tuple[date, UUID]]:
        """Children in care born by a day who are not noticed yet; those under a court's guardian by the other day.

        By last possible day of birth, from `after` on.
        """
        own = guardianship.c
        guarded = exists().where(own.child == _known.child, own.state == GuardianshipState.IN_FORCE, own.body == COURT)
        there = exists().where(
            _of_age.child == _known.child,
            _of_age.state.in_((ComingOfAgeState.OPEN, ComingOfAgeState.DECIDED)),
        )
        old = or_(_known.born_to <= guarded_born_by, and_(_known.born_to <= born_by, ~guarded))
        return _page(self._session, in_care(self._formal).where(old, ~there), _known.born_to, after, limit)

    def stirring(self, limit: int) -> Sequence[UUID]:
        """Children with one whose birth was corrected, or who may have left."""
        open_ = _of_age.state.in_((ComingOfAgeState.OPEN, ComingOfAgeState.DECIDED))
        corrected = and_(_known.born_to.is_distinct_from(_of_age.born), _of_age.state != ComingOfAgeState.RETRACTED)
        moved = and_(open_, or_(_known.version > _of_age.seen, _known.died_on.is_not(None), _known.withdrawn))
        query = select(_of_age.child).join(whereabouts, _known.child == _of_age.child).where(or_(corrected, moved))
        return self._session.scalars(query.distinct().order_by(_of_age.child).limit(limit)).all()


def in_care(formal: tuple[str, ...]) -> Select[Any]:
    """The children in formal care now whose records stand."""
    query = select(_known.child).join(placement, and_(_stay.child == _known.child, _stay.state == State.ACTIVE))
    return query.where(
        _stay.care_form.in_(formal),
        _known.withdrawn.is_(False),
        _known.sealed.is_(False),
        _known.merged_into.is_(None),
        _known.died_on.is_(None),
    )


def _page(
    session: Session, query: Select[Any], born: Any, after: tuple[date, UUID] | None, limit: int
) -> list[tuple[date, UUID]]:
    if after is not None:
        query = query.where(tuple_(born, _known.child) > after)
    rows = session.execute(query.with_only_columns(born, _known.child).order_by(born, _known.child).limit(limit))
    return [(row[0], row[1]) for row in rows]


class Collections(pack.Collections):
    """What the unit of work offers of them."""

    session: Session

    @cached_property
    def leaving_cares(self) -> LeavingCares:
        """Those who are leaving care."""
        return LeavingCares(self.session, PackWayHomeLaw(self._codes, self.law).formal_forms())

    @cached_property
    def comings_of_age(self) -> ComingsOfAge:
        """Who came of age in care."""
        return ComingsOfAge(self.session, PackWayHomeLaw(self._codes, self.law).formal_forms())
