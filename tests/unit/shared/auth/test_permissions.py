"""What roles grant and how far it reaches."""

from typing import Any
from uuid import UUID

import pytest

from shared.auth import BelongsTo, OutOfScope, Policy, Principal, Records, Scope
from shared.errors import ConfigurationError, NotFound

CENTRE = UUID("01950000-0000-7000-8000-000000000001")
OTHER = UUID("01950000-0000-7000-8000-000000000002")
ROLES = {
    "carrier": {"scope": "own", "permissions": ["parcel.read"]},
    "clerk": {"scope": "centre", "permissions": ["parcel.read", "parcel.write"]},
    "depot": {"scope": "provider", "permissions": ["parcel.read"]},
    "inspector": {"scope": "area", "permissions": ["parcel.read"]},
    "director": {"scope": "deployment", "permissions": ["parcel.read"]},
}
POLICY = Policy.from_roles(ROLES)


class Tree:
    def contains(self, parent: str, code: str) -> bool:
        return code.startswith(f"{parent}-")


def person(*roles: str, **other: Any) -> Principal:
    facts: dict[str, Any] = {"areas": frozenset(), "centre": None, "provider": None}
    return Principal(subject="aliya", roles=frozenset(roles), deployment="kz", **facts | other)


def covers(who: Principal, **thing: Any) -> bool:
    return POLICY.covers(who, "parcel.read", BelongsTo(**thing), Tree())


def test_nothing_is_granted_that_no_role_grants() -> None:
    assert not POLICY.allows(person(), "parcel.read")
    assert not POLICY.allows(person("unheard-of"), "parcel.read")
    assert not POLICY.allows(person("carrier"), "parcel.write")
    assert POLICY.allows(person("carrier", "clerk"), "parcel.write")
    assert POLICY.scope(person("carrier"), "parcel.write") is None


@pytest.mark.parametrize(
    ("roles", "widest"),
    [
        (("carrier",), Scope.OWN),
        (("carrier", "clerk"), Scope.CENTRE),
        (("carrier", "depot"), Scope.PROVIDER),
        (("clerk", "inspector"), Scope.AREA),
        (("director", "inspector", "carrier"), Scope.DEPLOYMENT),
    ],
)
def test_the_widest_scope_of_the_granting_roles_counts(roles: tuple[str, ...], widest: Scope) -> None:
    assert POLICY.scope(person(*roles), "parcel.read") is widest


def test_a_role_that_does_not_grant_the_permission_widens_nothing() -> None:
    assert POLICY.scope(person("clerk", "director"), "parcel.write") is Scope.CENTRE


def test_own_reaches_what_the_person_owns() -> None:
    assert covers(person("carrier"), owners=frozenset({"aliya", "berik"}))
    assert not covers(person("carrier"), owners=frozenset({"berik"}))
    assert not covers(person("carrier"))


def test_a_centre_and_a_provider_reach_their_own_and_nothing_when_unset() -> None:
    assert covers(person("clerk", centre=CENTRE), centre=CENTRE)
    assert not covers(person("clerk", centre=CENTRE), centre=OTHER)
    assert not covers(person("clerk"), centre=None)
    assert covers(person("depot", provider=CENTRE), provider=CENTRE)
    assert not covers(person("depot", provider=CENTRE), centre=CENTRE)
    assert not covers(person("depot"), provider=None)


def test_two_roles_reach_what_either_reaches() -> None:
    both = person("clerk", "depot", centre=CENTRE, provider=OTHER)
    assert covers(both, centre=CENTRE)
    assert covers(both, provider=OTHER)


def test_an_area_reaches_itself_and_what_lies_below() -> None:
    here = person("inspector", areas=frozenset({"kz-alm"}))
    assert covers(here, area="kz-alm")
    assert covers(here, area="kz-alm-3")
    assert not covers(here, area="kz")
    assert not covers(here, area="kz-almost")
    assert not covers(here, area=None)
    assert not covers(person("inspector"), area="kz")


def test_everywhere_reaches_also_what_has_no_known_area() -> None:
    assert covers(person("inspector", areas=frozenset({"*"})), area=None)


def test_the_deployment_scope_reaches_everything() -> None:
    assert covers(person("director"))


def test_what_is_out_of_scope_is_told_as_absent() -> None:
    with pytest.raises(OutOfScope) as caught:
        POLICY.require(person("carrier"), "parcel.read", BelongsTo(), Tree())
    assert (caught.value.code, caught.value.status) == (NotFound.code, 404)


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"scope": "galaxy", "permissions": []},
        {"scope": "own"},
        {"scope": "own", "permissions": "parcel.read"},
        {"scope": "own", "permissions": [], "records": "all"},
        {"scope": "own", "permissions": [], "fields": "weight"},
        {"scope": "own", "permissions": [], "records": "none", "fields": ["weight"]},
    ],
)
def test_a_role_that_is_not_well_written_stops_the_start(row: dict[str, Any]) -> None:
    with pytest.raises(ConfigurationError):
        Policy.from_roles({"clerk": row})


def test_all_permissions_that_are_granted_can_be_listed() -> None:
    assert POLICY.permissions() == {"parcel.read", "parcel.write"}


FIELDS = Policy.from_roles(
    {
        "clerk": {"scope": "area", "permissions": ["parcel.read"], "fields": ["address", "weight"]},
        "depot": {"scope": "provider", "permissions": ["parcel.read"], "fields": ["weight"]},
        "opener": {"scope": "deployment", "permissions": ["parcel.read"], "records": "sealed", "fields": ["letter"]},
        "guard": {"scope": "deployment", "permissions": ["parcel.read"], "records": "none"},
    }
)


def sees(who: Principal, thing: BelongsTo | None, records: Records = Records.SCOPE) -> frozenset[str] | None:
    return FIELDS.fields(who, "parcel.read", thing, Tree(), records)


def test_of_a_record_the_fields_are_seen_of_those_roles_alone_that_reach_it() -> None:
    both = person("clerk", "depot", areas=frozenset({"kz"}), provider=CENTRE)
    assert sees(both, BelongsTo(area="kz-75")) == {"address", "weight"}
    assert sees(both, BelongsTo(area="uz", provider=CENTRE)) == {"weight"}
    assert sees(both, BelongsTo(area="uz")) is None
    assert sees(both, None) == {"address", "weight"}


def test_a_role_for_other_records_reaches_none_however_wide_its_scope() -> None:
    assert sees(person("opener", "guard"), BelongsTo(area="kz")) is None
    assert sees(person("opener", "guard"), BelongsTo(area="kz"), Records.SEALED) == {"letter"}
    assert sees(person("clerk", areas=frozenset({"*"})), BelongsTo(area="kz"), Records.SEALED) is None
