"""An invented child and its care episodes, and how they stand in a register file.

What the columns are is in services/cli/register_rules; how children are drawn in kazakhstan and uzbekistan.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from services.cli.demo import births
from services.cli.demo.births import Birth
from services.cli.demo.places import Institution

YOUNGEST = {"CHILDRENS_HOME": 3, "BOARDING_SCHOOL_CARE": 6}  # years at entry; other forms from birth


@dataclass(frozen=True, slots=True)
class Episode:
    """One stay in one care form with one provider, [from_day, to_day)."""

    care_form: str
    provider: Institution
    from_day: date
    entry_reason: str
    to_day: date | None = None
    exit_destination: str = ""
    carer_relation: str = ""


@dataclass(frozen=True, slots=True)
class InventedChild:
    """One child with its episodes in order of time. `names` are family name, given name, patronymic."""

    names: tuple[str, str, str]
    script: str
    sex: str
    birth: Birth
    area: str
    office: tuple[str, str]
    episodes: tuple[Episode, ...]

    def lines(self, key: str) -> Iterator[tuple[str, ...]]:
        """The child's lines in the order of the register's columns."""
        for episode in self.episodes:
            yield (
                key, *self.names, self.script, self.sex, self.birth.text, self.birth.precision, self.area,
                episode.care_form, episode.provider.key, episode.provider.name, episode.from_day.isoformat(),
                episode.entry_reason, episode.to_day.isoformat() if episode.to_day else "", episode.exit_destination,
                *self.office, episode.carer_relation,
            )  # fmt: skip


def first_day(form: str, born: date) -> date:
    """The first day on which a child may come into the form by its age."""
    return births.birthday(born, YOUNGEST.get(form, 0))


def entry(rng: random.Random, earliest: date, latest: date, mean_days: float) -> date:
    """A day of entry in [earliest, latest]: short stays are more frequent than long ones."""
    if earliest >= latest:
        return latest
    drawn = latest - timedelta(days=int(rng.expovariate(1 / mean_days)))
    return drawn if drawn >= earliest else earliest + timedelta(days=rng.randrange((latest - earliest).days))
