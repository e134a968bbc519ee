"""The transaction that handlers of gatekeeping work in. Not here: what they do (gatekeeping, gatekeeping_clocks)."""

from typing import Protocol
from uuid import UUID

from services.placements.domain.gatekeeping_samples import CaseSamples
from services.placements.domain.gatekeeping_voluntary import VoluntaryAgreements
from services.placements.domain.guardianship import Guardianships
from services.placements.handlers import placements


class UnitOfWork(placements.UnitOfWork, Protocol):
    """A transaction over placements' database."""

    @property
    def voluntary_agreements(self) -> VoluntaryAgreements:
        """Parents' agreements to care."""

    @property
    def guardianships(self) -> Guardianships:
        """Who is guardian of whom."""

    @property
    def case_samples(self) -> CaseSamples:
        """Cases looked at again."""

    def keep_words_of(self, child: UUID) -> None:
        """See to it that the child has a key under which words are sealed."""
