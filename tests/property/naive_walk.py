"""The oracle: counts a few lives by walking every day, with nothing taken from the engine but its facts.

Slow and plain on purpose. It knows national codes only through three small tables of its own.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from services.reporting.indicators.facts import ChildFact, EpisodeFact

DAY = timedelta(days=1)
NEVER = date(2100, 1, 1)
ORDER = ["RESIDENTIAL", "FOSTER", "KINSHIP", "OTHER_FAMILY"]
BUCKETS = {"HOME": "RESIDENTIAL", "INFANT_HOME": "RESIDENTIAL", "FOSTER": "FOSTER", "KIN": "KINSHIP"}
GROUPS = {"INFANT_HOME": "INFANT_HOME", "OPEKA": "GUARDIANSHIP"}


def bucket(episode: EpisodeFact) -> str | None:
    if episode.care_form == "INFORMAL":
        return None
    if episode.care_form == "OPEKA":
        return "KINSHIP" if episode.carer_relation == "AUNT" else "OTHER_FAMILY"
    return BUCKETS.get(episode.care_form, "OTHER_FAMILY")


def in_level(episode: EpisodeFact | None, level: str) -> bool:
    if episode is None:
        return False
    where = bucket(episode)
    if level in GROUPS.values():
        return GROUPS.get(episode.care_form) == level
    return level == "ALL" or level == where or (level == "ALL_FAMILY" and where != "RESIDENTIAL")


class Life:
    """The state at the end of every day of [first, last], None being outside formal care."""

    def __init__(self, child: ChildFact, episodes: Iterable[EpisodeFact], first: date, last: date) -> None:
        self.child = child
        self.care = [one for one in episodes if bucket(one) and (one.end or NEVER) >= one.start]
        self.died = child.died or self._death_by_record()
        self.states: dict[date, EpisodeFact | None] = {}
        self.brief: EpisodeFact | None = None
        day = first
        while day <= last:
            self.states[day] = self._slept(day)
            day += DAY
        self._note_a_death_on_the_day_of_arrival()
        self._bridge(first, last)

    def _death_by_record(self) -> date | None:
        died = [one.end for one in self.care if one.destination == "DIED" and one.end]
        lived = [one.end or NEVER for one in self.care]
        return max(lived) if died and max(lived) in died else None

    def _end(self, one: EpisodeFact) -> date:
        end = one.end or NEVER
        if self.died is None:
            return end
        at_last = end == max((other.end or NEVER) for other in self.care)
        if one.destination == "DIED" and one.end and at_last:
            return self.died
        return min(end, self.died)

    def _slept(self, day: date) -> EpisodeFact | None:
        if self.died is not None and day >= self.died:
            return None
        there = [one for one in self.care if one.start <= day < self._end(one)]
        return self._first(there)

    @staticmethod
    def _first(there: list[EpisodeFact]) -> EpisodeFact | None:
        best = None
        for one in there:
            if best is None:
                best = one
                continue
            rank = ORDER.index(str(bucket(one))) - ORDER.index(str(bucket(best)))
            if rank < 0 or (rank == 0 and (one.start, one.placement.int) > (best.start, best.placement.int)):
                best = one
        return best

    def _note_a_death_on_the_day_of_arrival(self) -> None:
        if self.died is None or self.died - DAY not in self.states or self.states[self.died - DAY] is not None:
            return
        self.brief = self._first([one for one in self.care if one.start == self.died])

    def _bridge(self, first: date, last: date) -> None:
        slept = dict(self.states)
        for day, place in slept.items():
            if place is not None or (self.died is not None and day >= self.died):
                continue
            back, ahead = day, day
            while back >= first and slept[back] is None:
                back -= DAY
            while ahead <= last and slept[ahead] is None and not (self.brief and ahead == self.died):
                ahead += DAY
            nights = (ahead - back).days - 1
            if back < first or ahead > last or nights > 7:
                continue
            self.states[day] = self.brief if self.brief and ahead == self.died else slept[ahead]
        if self.died is not None and self.brief and self.states[self.died - DAY] is not None:
            self.brief = None

    def age(self, day: date) -> int | None:
        born = self.child.born_from
        if born is None:
            return None
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def population(age: int | None) -> str:
    if age is None or age < 18:
        return "0-17"
    return "18-24" if age < 25 else "older"


def band(age: int | None) -> str:
    if age is None:
        return "_U"
    return next(
        (name for below, name in ((3, "Y0T2"), (7, "Y3T6"), (18, "Y7T17"), (25, "Y18T24")) if age < below), "old"
    )


Cells = Counter[tuple[str, str, str, str, str, str]]


def walk(
    lives: Iterable[Life], levels: Iterable[str], start: date, end: date, reference_day: date
) -> Mapping[str, Cells]:
    """Movements ("numbers") and distinct children ("children") by (measure, level, population, sex, age, area)."""
    numbers: Cells = Counter()
    children: Cells = Counter()
    for life in lives:
        touched: Cells = Counter()
        for level in levels:
            _stock(life, level, reference_day, "stock", touched)
            _stock(life, level, start - DAY, "opening", touched)
            _stock(life, level, end - DAY, "closing", touched)
            day = start
            while day < end:
                _flows(life, level, day, touched)
                day += DAY
        numbers.update(touched)
        children.update(touched.keys())
    return {"numbers": numbers, "children": children}


def _stock(life: Life, level: str, day: date, measure: str, touched: Cells) -> None:
    state = life.states[day]
    if state is not None and in_level(state, level):
        _count(life, measure, level, day, state.area, touched)


def _flows(life: Life, level: str, day: date, touched: Cells) -> None:
    before, after = life.states[day - DAY], life.states[day]
    was, now = in_level(before, level), in_level(after, level)
    if before is not None and was and not now:
        _count(life, "exit", level, day, before.area, touched)
        if after is not None:
            to = "to-residential" if bucket(after) == "RESIDENTIAL" else "to-family"
            _count(life, to, level, day, before.area, touched)
        if life.died == day:
            _count(life, "by-death", level, day, before.area, touched)
    if after is not None and now and not was:
        _count(life, "entry", level, day, after.area, touched)
    if before is not None and after is not None and was and now:
        if before.placement != after.placement:
            _count(life, "moved", level, day, after.area, touched)
        if before.area != after.area:
            _count(life, "transfer_out", level, day, before.area, touched)
            _count(life, "transfer_in", level, day, after.area, touched)
    if life.brief is not None and day == life.died and in_level(life.brief, level):
        for measure in ("entry", "exit", "by-death"):
            _count(life, measure, level, day, life.brief.area, touched)
    if before is not None and was and life.age(day - DAY) == 17 and life.age(day) == 18:
        _count(life, "aged18", level, day - DAY, before.area, touched)


def _count(life: Life, measure: str, level: str, day: date, area: str | None, touched: Cells) -> None:
    age = life.age(day)
    sex = "_U" if life.child.sex == "U" else life.child.sex
    for one_sex in (sex, "_T"):
        for one_age in (band(age), "_T"):
            for one_area in (area or "_U", "_T"):
                touched[measure, level, population(age), one_sex, one_age, one_area] += 1
