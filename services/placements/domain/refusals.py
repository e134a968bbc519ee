"""Errors that name a care rule with a code of its own. All others are rules.NotMet with the rule's id as the code."""

from shared.errors import Refused


class UnderThreeInResidentialCare(Refused):
    """A child under three is to stay in residential care longer than the law allows, or without a planned end."""

    code = "under-three-in-residential-care"
    title = "Under three in residential care"


class ProviderNotRegistered(Refused):
    """Residential care is given by registered providers only."""

    code = "provider-not-registered"
    title = "Provider not registered"


class PovertyTheOnlyReason(Refused):
    """Poverty, disability, migration or education is never the only reason to part a child from its family."""

    code = "poverty-the-only-reason"
    title = "Poverty the only reason"
