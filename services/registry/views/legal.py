"""Read-only queries about legal measures, consents and coming of age."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from services.registry.domain import Child
from services.registry.domain import legal as domain
from services.registry.domain import legal_ages as ages
from services.registry.domain import legal_consents as consents
from services.registry.domain.legal_file import LegalFile, Representative, months_later
from services.registry.store import legal as store
from services.registry.store import legal_alarms as alarms
from services.registry.store import legal_tables as tables
from services.registry.store.care import care_of
from services.registry.store.children import child as child_table
from services.registry.store.merged import standing_for, stands_for
from shared import queries
from shared.countries import Pack
from shared.errors import NotFound
from shared.reach import Reach

OWNER, ABOVE = "gatekeeper", "supervisor"
"""Whose an alarm about a child's legal position is, and to whom it goes when it is long overdue."""


def file(session: Session, child_id: UUID) -> LegalFile:
    """The measures of a child, the oldest first; not locked."""
    return LegalFile(child_id, store.measures_of(session, child_id))


def consents_of(session: Session, child_id: UUID) -> list[consents.Consent]:
    """The consents of a child, the oldest first; not locked."""
    return store.consents_of(session, child_id)


def child_of_measure(session: Session, measure: UUID) -> UUID:
    """Whose measure it is: of two records made one, the one that stands for both. Raises NotFound."""
    return _child_of(session, tables.legal_measure, measure, "measure")


def child_of_consent(session: Session, consent: UUID) -> UUID:
    """Whose consent it is. Raises NotFound."""
    return _child_of(session, tables.consent, consent, "consent")


def representatives(
    session: Session, child_id: UUID, on: date, *, today: date | None = None, law: ages.Ages | None = None
) -> tuple[Representative, ...]:
    """Who acts for a child in law on a day. Without the ages of the law nobody is taken to be of age."""
    known, now = file(session, child_id), today or on
    emancipated = known.emancipated(on, now)
    able = ages.Capacity(False, emancipated, False, {})
    if law is not None:
        able = ages.capacity(_child(session, child_id).identity.birth, on, law, emancipated=emancipated)
    return known.representatives(store.parents_of(session, child_id), on, now, able)


def standing(session: Session, child_id: UUID, law: ages.Ages, today: date) -> consents.Standing:
    """What decides today who may consent for a child."""
    known = file(session, child_id)
    birth, emancipated = _child(session, child_id).identity.birth, known.emancipated(today, today)
    able = ages.capacity(birth, today, law, emancipated=emancipated)
    found = known.representatives(store.parents_of(session, child_id), today, today, able)
    provider = care_of(session, [child_id])[child_id].provider
    return consents.Standing(able, found, known.unfit(today, today), provider)


def capacity(session: Session, child_id: UUID, pack: Pack, today: date) -> dict[str, Any]:
    """Who may consent to what for a child today, and why; as the API shows it."""
    law = store.PackLegalLaw(pack)
    area = _child(session, child_id).identity.area
    now, held = standing(session, child_id, law.ages(today, area), today), consents_of(session, child_id)
    purposes = pack.codes("consent_purpose")
    return {
        "child": child_id,
        "on": today,
        "adult": now.capacity.adult,
        "emancipated": now.capacity.emancipated,
        "representatives": now.representatives,
        "unfit": sorted(now.unfit),
        "purposes": [
            vars(consents.verdict(code, law.ground_of(code), held, now)) | {"ground": law.ground_of(code)}
            for code in purposes
        ],
    }


def unrepresented(
    session: Session, reach: Reach, after: tuple[date, UUID] | None, limit: int, pack: Pack, today: date
) -> list[dict[str, Any]]:
    """Children in care without a known legal representative, within reach, the longest so first."""
    found = alarms.unrepresented(today, reach.areas).where(reach.over(child_table.c.area)).subquery()
    query = select(found)
    if after is not None:
        query = query.where(tuple_(found.c.since, found.c.id) > after)
    rows = queries.rows(session, query.order_by(found.c.since, found.c.id).limit(limit))
    return [_alarm(row, _appointed_by(row, pack, today), pack, today) for row in rows]


def reports_due(
    session: Session, reach: Reach, after: tuple[date, UUID] | None, limit: int, pack: Pack, today: date
) -> list[dict[str, Any]]:
    """Guardians' reports that are due and did not come, within reach, the longest due first."""
    measure, child, record = tables.legal_measure.c, child_table.c, child_table.alias()
    query = (
        select(measure.id, child.id.label("child"), measure.kind, measure.report_due, child.area)
        .join(record, record.c.id == measure.child)
        .join(child_table, child.id == stands_for(record))
        .where(measure.report_due <= today, reach.over(child.area))
    )
    if after is not None:
        query = query.where(tuple_(measure.report_due, measure.id) > after)
    rows = queries.rows(session, query.order_by(measure.report_due, measure.id).limit(limit))
    return [_alarm(row, row["report_due"], pack, today) for row in rows]


def _alarm(row: dict[str, Any], due: date, pack: Pack, today: date) -> dict[str, Any]:
    """The row with its due date and its one owner: a role in an area, the next one up where it is long overdue."""
    grace = timedelta(days=store.PackLegalLaw(pack).escalation_days(today, row["area"]))
    escalated = today > due + grace
    return row | {
        "due": due,
        "owner": ABOVE if escalated else OWNER,
        "escalated": escalated,
        "escalates_on": due + grace,
    }


def _appointed_by(row: dict[str, Any], pack: Pack, today: date) -> date:
    return months_later(row["since"], store.PackLegalLaw(pack).appointment_months(today, row["area"]))


def _child(session: Session, child_id: UUID) -> Child:
    found = session.get(Child, child_id)
    if found is None:
        raise NotFound("No child with this id.", field="child")
    return found


def _child_of(session: Session, table: Any, id_: UUID, what: str) -> UUID:
    child: UUID | None = session.scalar(select(table.c.child).where(table.c.id == id_))
    if child is None:
        raise NotFound(f"No {what} with this id.", field="id")
    return standing_for(session, child)


def shown_measures(known: LegalFile) -> Sequence[domain.LegalMeasure]:
    """The measures as the API shows them, those in force first, the newest of each state first."""
    return sorted(known.measures, key=lambda each: (not each.is_open, -each.terms.from_.toordinal(), each.id))
