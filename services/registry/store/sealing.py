"""What the unit of work offers of sealed and erased records, and of breaches of personal data."""

from functools import cached_property

from sqlalchemy.orm import Session

from services.registry.domain import sealing_erasure as erasure_domain
from services.registry.store import sealing_law as law
from services.registry.store.sealing_erasure import Erasures
from shared import clock
from shared.countries import Pack
from shared.unit_of_work import Context


class Collections:
    """What the unit of work offers of them."""

    session: Session
    context: Context
    _codes: Pack

    @cached_property
    def erasures(self) -> Erasures:
        """The requests to erase records, and the erasing itself."""
        return Erasures(self.session)

    @property
    def retention(self) -> erasure_domain.Law:
        """What the country pack says of keeping and erasing."""
        return law.retention(self._codes, clock.day_in(self._codes.zone, self.context.at))
