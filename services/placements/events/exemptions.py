"""What placements publishes about exemptions from rules. Codes and days; the reason in words stays sealed."""

from services.placements.domain import RULES, exemption_facts
from shared.event_schema import AreaCode, Code, Day, EventSchema, Id, OneOf

RULE = tuple(RULES)


class _Exemption(EventSchema):
    subject = "child"
    child = Id()
    exemption = Id()
    rule = OneOf(*RULE)


class ExemptionProposedV1(_Exemption):
    """Somebody asks to deviate from a rule; a second person signs, or does not, until the day `due`."""

    type = "placements.exemption-proposed.v1"
    fact = exemption_facts.ExemptionProposed
    area = AreaCode()
    due = Day()


class ExemptionGrantedV1(_Exemption):
    """A deviation that two people signed, or an override, stands in for a rule, up to (not on) the day `until`.

    `conflicts_with`: the rule beside which this one cannot be met and to which it yields.
    """

    type = "placements.exemption-granted.v1"
    fact = exemption_facts.ExemptionGranted
    kind = OneOf(*exemption_facts.KINDS)
    reason = Code("exemption_reason")
    placement = Id(optional=True)
    care_form = Code("care_form")
    provider = Id(optional=True)
    area = AreaCode()
    until = Day(optional=True)
    conflicts_with = OneOf(*RULE, optional=True)
    owner = OneOf(*sorted({rule.owner for rule in RULES.values()}))


class ExemptionEndedV1(_Exemption):
    """It stands in no longer, or never did: refused, withdrawn, or its day has come. The rule is judged alone again."""

    type = "placements.exemption-ended.v1"
    fact = exemption_facts.ExemptionEnded
    reason = Code("exemption_end_reason")
    on = Day()


SCHEMAS: tuple[type[EventSchema], ...] = (ExemptionProposedV1, ExemptionGrantedV1, ExemptionEndedV1)
