"""What the country pack says, and which day it is by it, within one unit of work."""

from datetime import date, datetime
from functools import cached_property

from services.placements.law import PackLaw, law_of
from shared import clock
from shared.countries import Pack
from shared.unit_of_work import Context


class Collections:
    """What the unit of work offers of it."""

    context: Context
    _codes: Pack

    @cached_property
    def law(self) -> PackLaw:
        """What the country pack says."""
        return law_of(self._codes)

    @property
    def today(self) -> date:
        """The day in the pack's time zone, of what is done now."""
        return clock.day_in(self._codes.zone, self.context.at)

    @property
    def at(self) -> datetime:
        """The moment of what is done now."""
        return self.context.at
