"""The supervision of guardians: what is due, who may consent, since when nobody represents a child."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from services.placements.domain import Impossible
from services.placements.domain.guardianship import (
    Appointed,
    CareLoss,
    GuardianOfTheInstitution,
    GuardianReport,
    Guardianship,
    GuardianshipState,
    require_consent,
    unrepresented_since,
)
from services.placements.domain.leaving_care_plan import Holding
from shared.errors import Conflict

TODAY = date(2026, 3, 10)
CHILD, HOME, HEAD = UUID(int=1), UUID(int=8), UUID(int=9)
S = GuardianshipState


def held(state: S = S.IN_FORCE, *, kind: str = "RELATIVE", provider: UUID | None = None, from_: date = TODAY):
    said = Appointed("GUARDIANSHIP", kind, HEAD, provider, "GUARDIANSHIP_BODY", from_)
    made = Guardianship(UUID(int=3), CHILD, "KZ-75", UUID(int=4), said)
    if state is not S.ANNOUNCED:
        made.hear(S.IN_FORCE, from_, (from_ + timedelta(days=365), from_ + timedelta(days=180)))
        made.hear(state, from_ + timedelta(days=1), (None, None))
    made.pull_facts()
    return made


def told(made: Guardianship) -> list[str]:
    return [type(fact).__name__ for _, _, fact in made.pull_facts()]


def test_reports_and_visits_overdue_are_told_once_each():
    made = held()
    made.go_on("KZ-75", TODAY + timedelta(days=180))
    assert told(made) == []
    made.go_on("KZ-75", TODAY + timedelta(days=181))
    made.go_on("KZ-75", TODAY + timedelta(days=182))
    assert told(made) == ["GuardianVisitOverdue"]
    assert made.next_on == TODAY + timedelta(days=366)
    made.go_on("KZ-75", TODAY + timedelta(days=800))
    assert told(made) == ["GuardianReportOverdue"]


@pytest.mark.parametrize("state", [S.ANNOUNCED, S.SUSPENDED, S.ENDED, S.WITHDRAWN])
def test_of_a_guardian_who_does_not_act_nothing_is_due(state):
    made = held(state)
    made.go_on("KZ-75", TODAY + timedelta(days=800))
    assert (told(made), made.next_on) == ([], None)


def test_a_report_keeps_the_property_until_another_states_it():
    made = held()
    money = (Holding(kind="PENSION", amount=100, currency="KZT"),)
    made.receive(GuardianReport(on=TODAY, visit=False, holdings=money), TODAY + timedelta(days=365), TODAY)
    made.receive(GuardianReport(on=TODAY, visit=True, findings=("IN_ORDER",)), None, TODAY)
    assert made.holdings == money
    assert told(made) == ["GuardianReportReceived", "GuardianVisited"]


def test_a_report_lies_neither_ahead_nor_before_the_guardianship():
    for day in (TODAY + timedelta(days=1), TODAY - timedelta(days=1)):
        with pytest.raises(Impossible):
            held().receive(GuardianReport(on=day, visit=False), None, TODAY)
    with pytest.raises(Conflict):
        held(S.WITHDRAWN).receive(GuardianReport(on=TODAY, visit=False), None, TODAY)


def test_the_head_of_an_institution_consents_to_nothing_that_concerns_it():
    heads = [held(kind="INSTITUTION_HEAD", provider=HOME)]
    with pytest.raises(GuardianOfTheInstitution):
        require_consent(heads, HEAD, HOME)
    with pytest.raises(GuardianOfTheInstitution):
        require_consent(heads, None, HOME)
    require_consent(heads, HEAD, UUID(int=77))
    require_consent(heads, UUID(int=78), HOME)
    require_consent([held(S.ENDED, kind="INSTITUTION_HEAD", provider=HOME)], HEAD, HOME)
    require_consent([held()], HEAD, HOME)


def test_a_child_that_lost_parental_care_is_unrepresented_until_somebody_acts():
    lost = [CareLoss(UUID(int=5), CHILD, TODAY - timedelta(days=40), in_force=True)]
    assert unrepresented_since([], []) is None
    assert unrepresented_since([CareLoss(UUID(int=5), CHILD, TODAY)], []) is None
    assert unrepresented_since(lost, []) == TODAY - timedelta(days=40)
    assert unrepresented_since(lost, [held(S.ANNOUNCED)]) == TODAY - timedelta(days=40)
    assert unrepresented_since(lost, [held()]) is None
    assert unrepresented_since(lost, [held(S.ENDED)]) == TODAY + timedelta(days=1)


def test_who_lost_the_care_of_one_parent_has_the_other():
    mother, father = UUID(int=20), UUID(int=21)
    one = CareLoss(UUID(int=5), CHILD, TODAY, mother, in_force=True)
    again = CareLoss(UUID(int=6), CHILD, TODAY - timedelta(days=9), mother, in_force=True)
    other = CareLoss(UUID(int=7), CHILD, TODAY + timedelta(days=4), father, in_force=True)
    assert unrepresented_since([one, again], []) is None
    assert unrepresented_since([one, again, other], []) == TODAY + timedelta(days=4)


def test_what_registry_said_of_an_older_state_changes_nothing():
    made = held(S.WITHDRAWN)
    made.hear(S.IN_FORCE, TODAY, (None, None))
    assert (made.state, told(made)) == (S.WITHDRAWN, [])
