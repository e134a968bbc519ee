"""The policy of the shipped packs against the routes there are: whom a role that reaches no record can ask about."""

import pytest

from services.cli import documents
from shared import countries, http
from shared.auth import Policy, Records
from tests.guard.project import ROOT, SERVICES

# The roles of DOMAIN 6 and CARE C11, the sealing authority of CARE C5, and the account of a reporting deployment.
ROLES = {
    *("registrar", "social_worker", "supervisor", "gatekeeper", "provider_manager", "inspector", "adoption_officer"),
    *("helpline_operator", "analyst", "statistician", "oversight_body", "hub_analyst", "integrator", "administrator"),
    *("auditor", "data_protection_officer", "complaints_officer", "panel_member", "duty_officer"),
    *("programme_officer", "foster_care_officer", "sealing_authority", "reporter"),
}
NO_CHILD = {
    *("analyst", "statistician", "oversight_body", "hub_analyst", "integrator", "administrator", "auditor"),
    *("programme_officer", "reporter"),
}


@pytest.fixture(scope="module")
def grants():
    return Policy.from_roles(countries.load("_base", ROOT / "countries").roles).grants()


@pytest.fixture(scope="module")
def about_a_child():
    """Permissions of the routes that name a child in their address."""
    routes = [route for service in SERVICES for route in http.routes(documents.documented_app(service))]
    return {route.permission for route in routes if "<uuid:child_id>" in route.rule}


def strays(grants, about_a_child):
    """Permissions about a child of roles that reach no child by their scope."""
    kinds = (Records.NONE, Records.SAMPLE, Records.AGENDA)
    return sorted(
        f"{role}: {name}"
        for role, grant in grants.items()
        if grant.records in kinds
        for name in grant.permissions & about_a_child
    )


def test_every_role_of_the_design_is_there_and_no_other(grants):
    assert set(grants) == ROLES


def test_who_reaches_no_child_holds_no_permission_about_one(grants, about_a_child):
    assert len(about_a_child) > 5
    assert {role for role, grant in grants.items() if grant.records is Records.NONE} >= NO_CHILD
    assert strays(grants, about_a_child) == []
    grant = grants["inspector"]
    spoilt = type(grant)(grant.scope, frozenset({"registry.child.read"}), grant.records, grant.fields)
    assert strays({"inspector": spoilt}, about_a_child) == ["inspector: registry.child.read"]


def test_the_sealing_authority_alone_reaches_what_is_sealed(grants):
    assert {role for role, grant in grants.items() if grant.records is Records.SEALED} == {"sealing_authority"}


def test_a_provider_manager_sees_no_family_no_papers_no_notes(grants):
    assert not grants["provider_manager"].fields & {"family", "contact", "papers", "notes", "legal", "identifiers"}
