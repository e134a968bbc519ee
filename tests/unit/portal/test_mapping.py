"""What an OpenID provider's claims give: by the pack's lines, and nothing without one."""

from uuid import UUID

from services.portal.issuer.grants import Granted
from services.portal.issuer.mapping import mapped

AREAS = ("KZ-75", "KZ-71")
REGISTRARS = {"id": "registrars", "claim": "groups", "value": "reg", "roles": ["registrar"], "reach_claim": "regions"}
CENTRE = {"id": "social", "claim": "groups", "value": "sw", "roles": ["social_worker"], "centre_claim": "office"}
CHIEF = {"id": "chief", "claim": "position", "value": "chief", "roles": ["statistician"], "reach": ["*"]}
LINES = (REGISTRARS, CENTRE, CHIEF)
OFFICE = "018f2f6e-0000-7000-8000-000000000001"


def test_without_a_fitting_line_nothing_is_given():
    for claims in ({}, {"groups": ["other"]}, {"groups": "re"}, {"groups": {"reg": 1}}, {"roles": ["registrar"]}):
        assert mapped(LINES, claims, AREAS) == Granted()
    assert mapped((), {"groups": ["reg"]}, AREAS) == Granted()


def test_lines_that_fit_are_given_together():
    claims = {"groups": ["reg", "sw"], "regions": ["KZ-75", "KZ-99", 7], "office": OFFICE, "position": "chief"}
    found = mapped(LINES, claims, AREAS)
    assert found.roles == {"registrar", "social_worker", "statistician"}
    assert found.areas == {"*", "KZ-75"}
    assert found.centre == UUID(OFFICE)
    assert found.provider is None


def test_an_area_that_the_pack_does_not_know_and_what_is_no_id_give_nothing():
    found = mapped(LINES, {"groups": ["reg", "sw"], "regions": "Mars", "office": "the big one"}, AREAS)
    assert found == Granted(frozenset({"registrar", "social_worker"}))
