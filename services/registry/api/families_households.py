"""The routes about households: by their area, or through a child who lives there."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.registry.api import families_reaching, reaching
from services.registry.commands import families as commands
from services.registry.domain import families_households as domain
from services.registry.domain.families import Party
from services.registry.handlers import families_people as handlers
from services.registry.schemas import families_households as schemas
from services.registry.views import families_people as views
from shared import http
from shared.ids import new_id

RECORD, READ = "registry.household.record", "registry.household.read"
MOST = 500

blueprint = http.Blueprint("households", __name__, description="People who keep house together")


@blueprint.post("/households")
@http.requires(RECORD)
@blueprint.arguments(schemas.StateHousehold)
@blueprint.response(201, http.Receipt)
def register_household(given: dict[str, Any]) -> domain.Household:
    """Register a household."""
    http.require_scope(http.by_area(given["area"]))
    with http.transaction() as uow:
        command = commands.RegisterHousehold(id=new_id(), **given, **http.acting())
        made: domain.Household = uow.execute(handlers.register_household, command)
        return made


@blueprint.get("/households/<uuid:household_id>")
@http.requires(READ, audits="household_id")
@blueprint.response(200, schemas.Household)
def read_household(household_id: UUID) -> dict[str, Any]:
    """What is held on a household; of members and of facts about one child, those within reach."""
    with http.reading() as session:
        http.etag(families_reaching.household(session, household_id)["version"])
        found = views.household(session, household_id)
        found["members"] = families_reaching.parties(session, found["members"], key="member", kind="member_kind")
        seen = {row["member"] for row in found["members"]}
        found["facts"] = [fact for fact in found["facts"] if fact["child"] is None or fact["child"] in seen]
        http.audit_read(household_id, *seen)
        return families_reaching.visible("household", found)


@blueprint.get("/households/reviews-due")
@http.requires(READ)
@blueprint.response(200, schemas.DueList)
def read_reviews_due() -> dict[str, Any]:
    """The households within reach of which a fact is to be looked at again by today; the longest overdue first."""
    with http.reading() as session:
        found = views.due(session, http.acting()["today"], http.reach(), MOST)
        http.audit_read(*([row["id"] for row in found] or [None]))
        return {"items": found}


@blueprint.post("/households/<uuid:household_id>/amendments")
@http.requires(RECORD, audits="household_id", if_match=True)
@blueprint.arguments(schemas.StateHousehold)
@blueprint.response(201, http.Receipt)
def amend_household(given: dict[str, Any], household_id: UUID) -> domain.Household:
    """Say anew where a household is and what weighs on it."""
    http.require_scope(http.by_area(given["area"]))
    return _changed(household_id, handlers.amend_household, commands.AmendHousehold, given)


@blueprint.post("/households/<uuid:household_id>/members")
@http.requires(RECORD, audits="household_id", if_match=True)
@blueprint.arguments(schemas.TakeIn)
@blueprint.response(201, http.Receipt)
def take_in(given: dict[str, Any], household_id: UUID) -> domain.Household:
    """A child or a person within reach lives there from a day."""
    return _changed(household_id, handlers.take_in, commands.TakeIn, given | {"membership": new_id()})


@blueprint.post("/households/<uuid:household_id>/members/leaving")
@http.requires(RECORD, audits="household_id", if_match=True)
@blueprint.arguments(schemas.LetGo)
@blueprint.response(201, http.Receipt)
def let_go(given: dict[str, Any], household_id: UUID) -> domain.Household:
    """A member left on a day."""
    return _changed(household_id, handlers.let_go, commands.LetGo, given)


@blueprint.post("/households/<uuid:household_id>/enrolments")
@http.requires(RECORD, audits="household_id", if_match=True)
@blueprint.arguments(schemas.Enrol)
@blueprint.response(201, http.Receipt)
def enrol_household(given: dict[str, Any], household_id: UUID) -> domain.Household:
    """Record help drawn from a social-protection programme."""
    return _changed(household_id, handlers.enrol_household, commands.EnrolHousehold, given | {"enrolment": new_id()})


@blueprint.post("/households/<uuid:household_id>/enrolments/ending")
@http.requires(RECORD, audits="household_id", if_match=True)
@blueprint.arguments(schemas.Disenrol)
@blueprint.response(201, http.Receipt)
def disenrol_household(given: dict[str, Any], household_id: UUID) -> domain.Household:
    """The help ended on a day."""
    return _changed(household_id, handlers.disenrol_household, commands.DisenrolHousehold, given)


@blueprint.post("/households/<uuid:household_id>/facts")
@http.requires(RECORD, audits="household_id", if_match=True)
@blueprint.arguments(schemas.NoteFact)
@blueprint.response(201, http.Receipt)
def note_household_fact(given: dict[str, Any], household_id: UUID) -> domain.Household:
    """Note a fact, such as a child living with an imprisoned parent, and when it is looked at again (CARE C9)."""
    return _changed(household_id, handlers.note_household_fact, commands.NoteHouseholdFact, given | {"note": new_id()})


@blueprint.post("/households/<uuid:household_id>/facts/review")
@http.requires(RECORD, audits="household_id", if_match=True)
@blueprint.arguments(schemas.ReviewFact)
@blueprint.response(201, http.Receipt)
def review_household_fact(given: dict[str, Any], household_id: UUID) -> domain.Household:
    """A fact was looked at: it still holds, or held until a day."""
    return _changed(household_id, handlers.review_household_fact, commands.ReviewHouseholdFact, given)


def _changed(
    household_id: UUID, handler: Callable[..., domain.Household], command: Callable[..., Any], given: dict[str, Any]
) -> domain.Household:
    """Change a household within reach that is as the caller has seen it; whoever is named is within reach too.

    A child who comes in is locked before the household, as everywhere.
    """
    with http.transaction() as uow:
        families_reaching.household(uow.session, household_id)
        _reach_named(uow.session, household_id, given)
        if given.get("member_kind") is Party.CHILD:
            uow.children.get(given["member"])
        http.require_version(uow.households.get(household_id))
        changed: domain.Household = uow.execute(handler, command(id=household_id, **given, **http.acting()))
        return changed


def _reach_named(session: Session, household_id: UUID, given: dict[str, Any]) -> None:
    """Who comes in, who leaves, and the child whom a fact is about. Raises OutOfScope."""
    if "member_kind" in given:
        families_reaching.party(session, given["member"], given["member_kind"])
    elif "member" in given:
        for row in views.memberships(session, household_id, given["member"]):
            families_reaching.party(session, row["member"], row["member_kind"])
    elif given.get("child") is not None:
        reaching.child(session, given["child"])
