"""The collections of legal measures, consents and coming of age. Not here: their tables (legal_tables)."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from services.registry.domain import legal as domain
from services.registry.domain import legal_consents as consents
from services.registry.domain.children import Status
from services.registry.domain.legal_file import LegalFile, Parent
from services.registry.domain.legal_majority import Majority
from services.registry.store import children as of_children
from services.registry.store import families, merged
from services.registry.store.families_people import person
from services.registry.store.legal_alarms import LegalAlarms
from services.registry.store.legal_law import PackLegalLaw
from services.registry.store.legal_tables import consent, legal_measure, majority
from shared import row_security
from shared.countries import Pack
from shared.errors import NotFound
from shared.repository import NamedRepository

A_LOOK = 5000
"""How many candidates are looked at in one turn of a clock: those of this month are known to the day when opened."""


_kept = legal_measure.c


def parents_of(session: Session, child: UUID) -> list[Parent]:
    """The living parents of a child by relationship."""
    tie = families.relationship.c
    dead = exists().where(person.c.id == tie.other, person.c.deceased)
    query = select(tie.other, tie["from"], tie.to).where(
        tie.child.in_(merged.records_of(session, [child])),
        tie.bond == families.kinship.Bond.PARENT,
        families.STANDING,
        ~dead,
    )
    with row_security.seeing_all(session):
        return [Parent(*row) for row in session.execute(query.distinct())]


def measures_of(session: Session, child: UUID, *, locked: bool = False) -> list[domain.LegalMeasure]:
    """The measures of a child, under whatever record, the oldest first."""
    records = merged.records_of(session, [child])
    query = select(domain.LegalMeasure).where(_kept.child.in_(records)).order_by(_kept.id)
    with row_security.seeing_all(session):
        return list(session.scalars(query.with_for_update() if locked else query))


def consents_of(session: Session, child: UUID, *, locked: bool = False) -> list[consents.Consent]:
    """The consents of a child, under whatever record, the oldest first."""
    records = merged.records_of(session, [child])
    query = select(consents.Consent).where(consent.c.child.in_(records)).order_by(consent.c.id)
    with row_security.seeing_all(session):
        return list(session.scalars(query.with_for_update() if locked else query))


class LegalFiles:
    """The legal files of the deployment. Whoever locks one has locked its child before."""

    def __init__(self, session: Session, children: of_children.Children) -> None:
        self._session = session
        self._children = children
        self._files: dict[UUID, LegalFile] = {}

    def of(self, child: UUID) -> LegalFile:
        """The file of a child, locked with the child. Raises NotFound."""
        if child not in self._files:
            self._children.get(child)
            self._files[child] = LegalFile(child, measures_of(self._session, child, locked=True))
        return self._files[child]

    def holding(self, measure: UUID) -> LegalFile:
        """The file that a measure is in, locked with the child. Raises NotFound."""
        child = self._session.scalar(select(_kept.child).where(_kept.id == measure))
        if child is None:
            raise NotFound("No measure with this id.", field="id")
        return self.of(merged.standing_for(self._session, child))

    def add(self, measure: domain.LegalMeasure) -> None:
        """Take in a new measure."""
        self._session.add(measure)

    def parents(self, child: UUID) -> list[Parent]:
        """The living parents of a child by relationship."""
        return parents_of(self._session, child)

    def due(self, today: date, limit: int) -> Sequence[UUID]:
        """Measures that begin or end by themselves by a day, the longest due first; of a closed record none does."""
        record = of_children.child.c
        query = select(_kept.id).join(of_children.child, record.id == _kept.child).where(_kept.due <= today)
        query = query.where(record.status.in_((Status.ACTIVE, Status.MERGED)))
        return list(self._session.scalars(query.order_by(_kept.due, _kept.id).limit(limit)))

    def guardianships(self, born_by: date) -> Sequence[UUID]:
        """Guardianships in force of children born in that month or before, the oldest child first."""
        child, record = of_children.child.c, of_children.child.alias()
        query = select(_kept.id).join(record, record.c.id == _kept.child)
        query = query.join(of_children.child, child.id == merged.stands_for(record))
        query = query.where(_kept.status == domain.MeasureStatus.IN_FORCE, _kept.effect == domain.Effect.GUARDIANSHIP)
        query = query.where(child.status == Status.ACTIVE, child.born_month <= born_by)
        return list(self._session.scalars(query.order_by(child.born_month, _kept.id).limit(A_LOOK)))


class Consents:
    """The consents of the deployment. Whoever locks one has locked its child before."""

    def __init__(self, session: Session, children: of_children.Children) -> None:
        self._session = session
        self._children = children
        self._of: dict[UUID, list[consents.Consent]] = {}

    def of(self, child: UUID) -> Sequence[consents.Consent]:
        """Those of a child, the oldest first, locked with the child. Raises NotFound."""
        if child not in self._of:
            self._children.get(child)
            self._of[child] = consents_of(self._session, child, locked=True)
        return self._of[child]

    def holding(self, consent_id: UUID) -> consents.Consent:
        """One, locked with its child. Raises NotFound."""
        child = self._session.scalar(select(consent.c.child).where(consent.c.id == consent_id))
        if child is None:
            raise NotFound("No consent with this id.", field="id")
        own = self.of(merged.standing_for(self._session, child))
        return next(each for each in own if each.id == consent_id)

    def add(self, made: consents.Consent) -> None:
        """Take in a new one."""
        self._session.add(made)


class Majorities(NamedRepository[Majority]):
    """Whose coming of age was noticed."""

    kind = Majority

    def candidates(self, born_by: date) -> Sequence[UUID]:
        """Children born in that month or before whose coming of age was not noticed, the oldest first."""
        child = of_children.child.c
        noticed = exists().where(majority.c.id == child.id, majority.c.came_of_age)
        query = select(child.id).where(child.status == Status.ACTIVE, child.born_month <= born_by, ~noticed)
        return list(self._session.scalars(query.order_by(child.born_month, child.id).limit(A_LOOK)))

    def doubtful(self, born_after: date) -> Sequence[UUID]:
        """Children whose coming of age was noticed and who were born in that month or later, or nobody knows when."""
        child = of_children.child.c
        query = select(majority.c.id).join(of_children.child, child.id == majority.c.id).where(majority.c.came_of_age)
        late = child.born_month.is_(None) | (child.born_month >= born_after)
        return list(self._session.scalars(query.where(child.status == Status.ACTIVE, late).limit(A_LOOK)))


class Collections:
    """What the unit of work offers of them."""

    session: Session
    _codes: Pack

    @cached_property
    def legal(self) -> LegalFiles:
        """The legal files."""
        return LegalFiles(self.session, self.children)  # type: ignore[attr-defined]

    @cached_property
    def consents(self) -> Consents:
        """The consents."""
        return Consents(self.session, self.children)  # type: ignore[attr-defined]

    @cached_property
    def majorities(self) -> Majorities:
        """Whose coming of age was noticed."""
        return Majorities(self.session)

    @cached_property
    def legal_alarms(self) -> LegalAlarms:
        """Counts what must be seen to."""
        return LegalAlarms(self.session)

    @cached_property
    def legal_law(self) -> PackLegalLaw:
        """What the country pack says."""
        return PackLegalLaw(self._codes)
