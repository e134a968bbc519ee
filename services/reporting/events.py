"""What reporting publishes: that a period was signed, that a bundle came. Ids and numbers; figures go in bundles."""

from services.reporting import domain
from services.reporting.federation.judge import Outcome
from shared.event_schema import Catalogue, EventSchema, Id, OneOf, Whole


class ReturnSignedV1(EventSchema):
    """A period's figures were signed; `bundle` is the place of their bundle in our sequence."""

    type = "reporting.return-signed.v1"
    fact = domain.ReturnSigned
    subject = "return_id"
    return_id = Id()
    year = Whole()
    revision = Whole()
    bundle = Whole()
    cells = Whole()


class BundleAcceptedV1(EventSchema):
    """A bundle came in and belongs to the hub's set; `verdict` tells whether it counts now."""

    type = "reporting.bundle-accepted.v1"
    fact = domain.BundleAccepted
    subject = "delivery"
    delivery = Id()
    hub_seq = Whole()
    verdict = OneOf(*(outcome.value for outcome in Outcome if outcome.sound))
    issuer_seq = Whole()
    revision = Whole()


class BundleRefusedV1(EventSchema):
    """A bundle came in and was not taken; `check` is the number of the check that failed."""

    type = "reporting.bundle-refused.v1"
    fact = domain.BundleRefused
    subject = "delivery"
    delivery = Id()
    hub_seq = Whole()
    verdict = OneOf(*(outcome.value for outcome in Outcome if not outcome.sound))
    check = Whole()


CATALOGUE = Catalogue("reporting", ReturnSignedV1, BundleAcceptedV1, BundleRefusedV1)
