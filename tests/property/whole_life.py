"""A child's life told twice: to a record that is looked at by the day and the hour, and to one that was down at times.

Both hear the same and must come to say the same. Around the child: two homes, a family whose approval ends, a sister
who moves, and a law that changes on a day. Not here: what is said (whole_life_stays, whole_life_decisions), what must
hold (whole_life_holds), one record of the two (whole_life_record).
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from hypothesis.stateful import RuleBasedStateMachine

from services.placements import domain
from services.placements.domain import State
from shared.errors import KinwardError, Refused
from tests.property.whole_life_law import BEGIN, LAW_CHANGES, law
from tests.property.whole_life_ledger import Ledger
from tests.property.whole_life_record import AREA, DAY, FAMILY, HOME, HOUR, INFANT_HOME, Around, Record

PLACES = {"INFANT_HOME": INFANT_HOME, "CHILDRENS_HOME": HOME, "FOSTER": FAMILY, "GUARDIANSHIP": None, "PARENTAL": None}


class Twins:
    """The two records, and the moment."""

    def __init__(self) -> None:
        self.around = Around()
        self.ledger = Ledger()
        self.daily, self.down = Record(self.around, self.ledger, 1_000), Record(self.around, self.ledger, 1_000_000)
        self.both = (self.daily, self.down)
        self.now = law().calendar.start_of(BEGIN + timedelta(days=30)) + 9 * HOUR
        self.ids: Iterator[int] = count(100)
        self.behind = False

    @property
    def today(self) -> date:
        """The day in the country."""
        return self.now.astimezone(law().calendar.zone).date()

    @property
    def up(self) -> tuple[Record, ...]:
        """The records that have been looked at."""
        return (self.daily,) if self.behind else self.both

    def new_id(self) -> UUID:
        """The id of something that is said: the same in both records."""
        return UUID(int=next(self.ids))

    def say(self, what: Callable[[domain.Whereabouts, domain.Act], object], *, permission: bool = False) -> bool:
        """Say it to both; whether it was taken. Facts are never refused by a rule; what is refused leaves no trace.

        Whoever hears what is said is up: its clocks run.
        """
        answers = [self._say(record, what, permission=permission) for record in self.both]
        assert answers[0] == answers[1], answers
        taken = answers[0] is None
        if taken:
            for record in self.both:
                record.tick(self.now)
        self.behind = self.behind and not taken
        return taken

    def _say(self, record: Record, what: Callable[..., object], *, permission: bool) -> type[Exception] | None:
        act = record.act(self.now)
        record.child.catch_up(act)
        record.hear()
        before = record.state()
        try:
            what(record.child, act)
        except KinwardError as error:
            assert permission or not isinstance(error, Refused), f"a rule of care refused a fact: {error}"
            assert record.is_as_before(before), "what was refused left a trace"
            record.hear()
            return type(error)
        record.hear()
        return None

    def know(self, **changes: Any) -> None:
        """Registry tells of the child."""
        self.say(lambda child, act: child.hear(replace(child.known, **changes), act))

    def happens_around(self, change: Callable[[], None]) -> None:
        """Something changes around the child: both records are looked at.

        What is around it is known as it is now only; so nobody is behind when it changes.
        """
        self.down.come_back(self.now, clocks_first=True)
        change()
        for record in self.both:
            record.concern(self.today)
            record.come_back(self.now, clocks_first=False)
        self.behind = False

    def pass_until(self, end: datetime, *, back: bool = True, clocks_first: bool = False) -> None:
        """Time passes; one record is looked at each day, and each hour while one is pending.

        The other one at the end, by whichever clock comes first, or (not `back`) not even then.
        """
        met = self.daily.verdicts(self.now)
        while self.now < end:
            stop = min(end, law().calendar.end_of(self.today))
            pending = self.daily.next_hour()
            if pending is not None and pending <= stop:
                stop = min(stop, self.now + HOUR)
            met = self._step(stop, met)
        self.behind = not back
        if back:
            self.down.come_back(self.now, clocks_first=clocks_first)

    def _step(self, stop: datetime, met: dict[tuple[str, UUID], bool]) -> dict[tuple[str, UUID], bool]:
        """One step of the daily record; `met`: the verdicts before it. Returns those after."""
        ahead, before = self.daily.child.next_on, self.today
        extra, version = self.daily.due_days(), self.daily.child.version
        self.now = stop
        if before < self.today == LAW_CHANGES:
            for record in self.both:
                record.concern(self.today)
            ahead = self.today
        found = self.daily.verdicts(self.now)
        if ahead is None or self.today < ahead:
            other = set(found.items()) ^ set(met.items())
            assert not other, f"a verdict of {self.now} was not foreseen: {ahead} {other}"
            assert self.today == before or self.today not in extra
        self.daily.come_back(self.now, clocks_first=False)
        if self.daily.child.version != version or (ahead is not None and ahead <= self.today):
            found = self.daily.verdicts(self.now)
        self.daily.require_noticed(self.now, found)
        self.ledger.require_standing(self.daily, self.now)
        return found


class Life(RuleBasedStateMachine):
    """What everybody who says something about the child needs."""

    def __init__(self) -> None:
        super().__init__()
        self.world = Twins()

    @property
    def today(self) -> date:
        return self.world.today

    @property
    def now(self) -> datetime:
        return self.world.now

    @property
    def child(self) -> domain.Whereabouts:
        return self.world.daily.child

    def day(self, away: int) -> date:
        return self.today + away * DAY

    def stay(self, form: str, from_: int, **given: Any) -> domain.Stay:
        return domain.Stay(care_form=form, area=AREA, from_=self.day(from_), provider=PLACES[form], **given)

    def any_stay(self, pick: int, state: State | None = None) -> UUID:
        """One of the stays, mostly one in a state."""
        fit = [each for each in self.child.placements if each.state is state and pick % 4]
        return (fit or self.child.placements)[pick % len(fit or self.child.placements)].id
