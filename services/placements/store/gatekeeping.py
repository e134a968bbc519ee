"""What the unit of work offers of gatekeeping: cases, parents' agreements, cases looked at again.

Not here: their tables and mapping (gatekeeping_cases, gatekeeping_voluntary).
"""

from functools import cached_property
from uuid import UUID

from sqlalchemy.orm import Session

from services.placements.store import sealing
from services.placements.store.gatekeeping_cases import GatekeepingCases
from services.placements.store.gatekeeping_voluntary import CaseSamples, VoluntaryAgreements


class Collections:
    """What the unit of work offers of them."""

    session: Session

    @cached_property
    def gatekeeping_cases(self) -> GatekeepingCases:
        """The gatekeeping cases of the deployment."""
        return GatekeepingCases(self.session)

    @cached_property
    def voluntary_agreements(self) -> VoluntaryAgreements:
        """Parents' agreements to care."""
        return VoluntaryAgreements(self.session)

    @cached_property
    def case_samples(self) -> CaseSamples:
        """Cases looked at again."""
        return CaseSamples(self.session)

    def keep_words_of(self, child: UUID) -> None:
        """See to it that the child has a key under which words are sealed; the caller has locked the child."""
        sealing.provide(self.session, child)
