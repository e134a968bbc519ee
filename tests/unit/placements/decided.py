"""A decision of a guardianship body, its case, and the line of the table it is judged by. Not here: any test."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.placements.domain import decisions, decisions_appeals
from services.placements.domain.decision import Decision, Terms
from services.placements.domain.decisions import By
from services.placements.domain.situation import CaseFacts, OptionFacts
from shared.errors import Refused

TODAY = date(2026, 3, 10)
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LINE: dict[str, Any] = {
    "id": "entry", "act": "ENTRY", "at_once": ["POLICE"], "decides": ["GUARDIANSHIP_BODY"], "silence": "lapses",
    "notices": [
        {"to": "PROSECUTOR", "within": 0, "unit": "hours", "after": "removal"},
        {"to": "PARENTS", "within": 24, "unit": "hours", "after": "decision"},
    ],
    "longest": {"amount": 6, "unit": "calendar months"}, "renewals": 1, "oral": True,
    "confirm": {"amount": 24, "unit": "hours"}, "appeal": {"amount": 10, "unit": "days"}, "appeal_suspends": True,
    "carry_out": {"amount": 30, "unit": "days"}, "second_signature": False,
}  # fmt: skip
TERMS = Terms(
    act="ENTRY", situation="WITH_PARENTS", outcome="FAMILY_FORM", body="GUARDIANSHIP_BODY", instrument="ORDER",
    made_on=TODAY, effective_from=TODAY, in_force_until=TODAY + 90 * DAY, area="KZ-75", care_forms=("FOSTER",),
    case=UUID(int=5), decided_by="head",
)  # fmt: skip
CASE = CaseFacts(
    case=UUID(int=5), kind="ENTRY", reasons=("NEGLECT",), help_tried=("SUPPORT",), assessed=True, necessity=True,
    suitability=True, last_resort=True, best_interests=True, options=(OptionFacts(care_form="FOSTER", answer="YES"),),
    kin_searched=True, child_heard=True, child_consents=True, parents_heard=True,
    professions=frozenset({"SOCIAL_WORKER", "PSYCHOLOGIST"}), assessed_by=frozenset({"worker"}),
)  # fmt: skip


def record(
    world: Any, terms: Terms = TERMS, *, case: CaseFacts | None = CASE, today: date = TODAY, **given: Any
) -> Decision:
    """Somebody decides; where a test names no case, in one of the kind that the act has."""
    terms = replace(terms, **given)
    case = replace(case, kind=terms.act) if case is CASE else case
    return decisions.record(world.child, world.ids(), terms, By("clerk", NOW), world.act(today), case)


def refused(world: Any, **given: Any) -> str | None:
    with pytest.raises(Refused) as error:
        record(world, **given)
    return error.value.rule


def later(world: Any, days: int) -> None:
    world.child.review(world.act(TODAY + days * DAY))


def appeal(world: Any, decision: Decision, suspends: bool | None = None, on: date = TODAY) -> UUID:
    id_ = world.ids()
    decisions_appeals.lodge(world.child, id_, decision.id, "PARENT", on, suspends, "clerk", world.act())
    return UUID(str(id_))
