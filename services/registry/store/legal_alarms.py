"""Who must be seen to: children in care whom nobody represents, guardians whose report is due; and how many are.

The conditions are those of LegalFile.representatives, for all children at once. Not here: due dates, owners (views).
"""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from services.registry.domain import legal as domain
from services.registry.domain.children import Status
from services.registry.store import families, merged
from services.registry.store.alarm_gauges import UNREPRESENTED
from services.registry.store.care import care_status
from services.registry.store.children import child
from services.registry.store.families_people import person
from services.registry.store.legal_tables import legal_measure, majority

UNFIT = (domain.Effect.RIGHTS_LIMITED, domain.Effect.RIGHTS_REMOVED, domain.Effect.SUSPICION)
_measure, _child, _care = legal_measure.c, child.c, care_status.c
_tie = families.relationship.c


def _acts(table: Any, *effects: domain.Effect) -> ColumnElement[bool]:
    """A measure of the child with one of these effects acts now."""
    return and_(
        merged.of_same(table.c.child, _child.id),
        table.c.status == domain.MeasureStatus.IN_FORCE,
        table.c.suspended.is_(False),
        table.c.effect.in_(effects),
    )


def _unfit(who: ColumnElement[Any]) -> ColumnElement[bool]:
    """Someone whose rights are limited or removed, or who is suspected of harm."""
    other = legal_measure.alias()
    return exists().where(_acts(other, *UNFIT), other.c.person == who).correlate_except(other)


def _lost_care(who: ColumnElement[Any]) -> ColumnElement[bool]:
    """The child lost the care of this parent, or of both."""
    other = legal_measure.alias()
    whose = or_(other.c.person.is_(None), other.c.person == who)
    return exists().where(_acts(other, domain.Effect.LEFT_WITHOUT_CARE), whose).correlate_except(other)


def _represented(today: date) -> ColumnElement[bool]:
    guardian, by_right = legal_measure.alias(), legal_measure.alias()
    dead = exists().where(person.c.id == _tie.other, person.c.deceased)
    in_time = and_(or_(_tie["from"].is_(None), _tie["from"] <= today), or_(_tie.to.is_(None), _tie.to > today))
    parent = and_(
        merged.of_same(_tie.child, _child.id),
        _tie.bond == families.kinship.Bond.PARENT,
        families.STANDING,
        in_time,
        ~dead,
    )
    return or_(
        exists().where(
            _acts(guardian, *domain.REPRESENTING),
            guardian.c.of_person,
            or_(guardian.c.holder_person.is_(None), ~_unfit(guardian.c.holder_person)),
        ),
        exists().where(parent, ~_unfit(_tie.other), ~_lost_care(_tie.other)),
        exists().where(
            _acts(by_right, domain.Effect.RIGHTS_FULL), ~_unfit(by_right.c.person), ~_lost_care(by_right.c.person)
        ),
    )


def unrepresented(today: date) -> Select[Any]:
    """id, area, since of each child in care whom nobody is known to represent in law (CARE C3)."""
    lone, own = legal_measure.alias(), exists().where(majority.c.id == _child.id, majority.c.came_of_age)
    ended = case(
        (_measure.status.in_((domain.MeasureStatus.RECORDED, domain.MeasureStatus.WITHDRAWN)), None),
        else_=_measure.changed_on,
    )
    changed = (
        select(func.max(ended)).where(merged.of_same(_measure.child, _child.id)).correlate(child).scalar_subquery()
    )
    record = child.alias()
    stands_for = func.coalesce(record.c.merged_into, record.c.id)
    cared = (
        select(stands_for.label("id"), func.min(_care.in_care_since).label("since"))
        .join(care_status, _care.child == record.c.id)
        .where(_care.in_care)
        .group_by(stands_for)
        .subquery()
    )
    since = func.greatest(cared.c.since, changed).label("since")
    return (
        select(_child.id, _child.area, since)
        .join(cared, cared.c.id == _child.id)
        .where(_child.status == Status.ACTIVE)
        .where(~own, ~exists().where(_acts(lone, domain.Effect.EMANCIPATION)), ~_represented(today))
    )


class LegalAlarms:
    """Counts what must be seen to."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def count_unrepresented(self, today: date, long_ago: date) -> int:
        """Count the children in care whom nobody represents, and tell the metric; overdue: since before `long_ago`."""
        found = unrepresented(today).subquery()
        late = func.count().filter(found.c.since < long_ago)
        everybody, overdue = self._session.execute(select(func.count(), late).select_from(found)).one()
        UNREPRESENTED.labels("no").set(everybody - overdue)
        UNREPRESENTED.labels("yes").set(overdue)
        return int(everybody)
