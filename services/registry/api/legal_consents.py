"""The routes about consents, and grounds in place of consent."""

from typing import Any
from uuid import UUID

from services.registry.api import reaching
from services.registry.commands import legal as commands
from services.registry.domain import legal_consents as domain
from services.registry.handlers import legal as handlers
from services.registry.schemas import legal as schemas
from services.registry.views import legal as views
from shared import http
from shared.ids import new_id

blueprint = http.Blueprint("consents", __name__, description="Who agreed to what")


@blueprint.post("/children/<uuid:child_id>/consents")
@http.requires("registry.consent.record", audits="child_id")
@blueprint.arguments(schemas.GiveConsent)
@blueprint.response(201, http.Receipt)
def give_consent(given: dict[str, Any], child_id: UUID) -> domain.Consent:
    """Record a consent, or the legal ground where consent is not the ground."""
    with http.transaction() as uow:
        reaching.locked_child(uow, child_id)
        http.audit_read(child_id)
        command = commands.GiveConsent(id=new_id(), child=child_id, **given, **http.acting())
        return uow.execute(handlers.give_consent, command)


@blueprint.get("/children/<uuid:child_id>/consents")
@http.requires("registry.consent.read", audits="child_id")
@blueprint.response(200, schemas.Consents)
def read_consents(child_id: UUID) -> dict[str, Any]:
    """The consents of a child, the oldest first."""
    with http.reading() as session:
        reaching.child(session, child_id)
        return {"items": views.consents_of(session, child_id)}


@blueprint.post("/consents/<uuid:consent_id>/withdrawal")
@http.requires("registry.consent.record", audits="consent_id", if_match=True)
@blueprint.arguments(schemas.WithdrawConsent)
@blueprint.response(201, schemas.WithdrawalReceipt)
def withdraw_consent(given: dict[str, Any], consent_id: UUID) -> domain.Consent:
    """Take a consent back. Protection rests on legal duty and goes on, and the answer says so."""
    with http.transaction() as uow:
        child_id = views.child_of_consent(uow.session, consent_id)
        reaching.child(uow.session, child_id)
        http.audit_read(child_id)
        http.require_version(uow.consents.holding(consent_id))
        command = commands.WithdrawConsent(id=consent_id, **given, **http.acting())
        return uow.execute(handlers.withdraw_consent, command)


BLUEPRINTS: tuple[http.Blueprint, ...] = (blueprint,)
