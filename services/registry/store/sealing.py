"""What the unit of work offers of sealed and erased records, and of breaches of personal data."""

from datetime import date
from functools import cached_property

from sqlalchemy.orm import Session

from services.registry.domain import sealing_breaches as breach_domain
from services.registry.domain import sealing_erasure as erasure_domain
from services.registry.store import sealing_law as law
from services.registry.store.sealing_breaches import Breaches
from services.registry.store.sealing_erasure import Erasures
from services.registry.store.sealing_seals import Openings, Seals, Tasks
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
        return law.retention(self._codes, self._day())

    @cached_property
    def seals(self) -> Seals:
        """The seals."""
        return Seals(self.session)

    @cached_property
    def openings(self) -> Openings:
        """The requests to open them."""
        return Openings(self.session)

    @cached_property
    def seal_tasks(self) -> Tasks:
        """The adoption officer's private tasks."""
        return Tasks(self.session)

    @property
    def seal_law(self) -> law.PackSealing:
        """What the country pack says of sealing."""
        return law.PackSealing(self._codes, self._day())

    @cached_property
    def breaches(self) -> Breaches:
        """The register of breaches of personal data."""
        return Breaches(self.session)

    @property
    def breach_rule(self) -> breach_domain.Rule:
        """Whom the country pack says to tell of a breach, and when."""
        return law.breach_rule(self._codes, self._day())

    def _day(self) -> date:
        return clock.day_in(self._codes.zone, self.context.at)
