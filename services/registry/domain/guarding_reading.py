"""Unusual reading: one account reads, or is denied, more records than its role or its own habit lets expect.

The rule and the life of the alarm. Not here: counting (store), which the numbers are (the country pack).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.registry.domain.guarding import NotByOneself
from shared.aggregate import Aggregate
from shared.errors import Conflict


class AlarmStatus(StrEnum):
    """Where an alarm about unusual reading is in its life."""

    RAISED = "raised"
    EXPLAINED = "explained"
    MISUSE = "confirmed misuse"


READING_ALARM_TRANSITIONS: dict[AlarmStatus, frozenset[AlarmStatus]] = {
    AlarmStatus.RAISED: frozenset({AlarmStatus.EXPLAINED, AlarmStatus.MISUSE}),
    AlarmStatus.EXPLAINED: frozenset({AlarmStatus.RAISED}),
    AlarmStatus.MISUSE: frozenset(),
}
"""What was explained is raised again on the same day where twice as much was read since."""


class Measure(StrEnum):
    """What is unusual: too much within an hour, a day, for this account's habit; too many denials."""

    HOUR = "hour"
    DAY = "day"
    USUAL = "usual"
    DENIED_HOUR = "denied in an hour"
    DENIED_DAY = "denied in a day"


class AnsweredAlready(Conflict):
    """Somebody said before what the reading was."""

    code = "answered-already"
    title = "Answered already"


@dataclass(frozen=True)
class Limits:
    """What one role may read, and be denied, without anybody asking: distinct records."""

    per_hour: int
    per_day: int
    denied_per_hour: int
    denied_per_day: int

    def widened(self, other: "Limits") -> "Limits":
        """The limits of someone who holds both roles."""
        return Limits(
            max(self.per_hour, other.per_hour),
            max(self.per_day, other.per_day),
            max(self.denied_per_hour, other.denied_per_hour),
            max(self.denied_per_day, other.denied_per_day),
        )


@dataclass(frozen=True)
class Habit:
    """How far above an account's own usual a day may be: `factor` times its median, and never asked below `floor`."""

    factor: int
    floor: int

    def limit(self, usual: float) -> int:
        """The most that is not unusual for an account with this median of records a day."""
        return max(self.floor, int(usual * self.factor))


@dataclass(frozen=True)
class Reading:
    """What one account read and was denied within the last hour and today: distinct records.

    `usual` is the median of its last days of reading; None where there are too few of them.
    """

    account: str
    roles: frozenset[str]
    hour: int
    day: int
    denied_hour: int
    denied_day: int
    usual: float | None = None


@dataclass(frozen=True)
class Finding:
    """What is unusual of a reading: more than `threshold`."""

    measure: Measure
    count: int
    threshold: int


def judge(reading: Reading, limits: Limits, habit: Habit) -> Finding | None:
    """What is most unusual of a reading, by how many times the threshold was passed; None where nothing is."""
    asked = [
        Finding(Measure.DENIED_HOUR, reading.denied_hour, limits.denied_per_hour),
        Finding(Measure.DENIED_DAY, reading.denied_day, limits.denied_per_day),
        Finding(Measure.HOUR, reading.hour, limits.per_hour),
        Finding(Measure.DAY, reading.day, limits.per_day),
    ]
    if reading.usual is not None:
        asked.append(Finding(Measure.USUAL, reading.day, habit.limit(reading.usual)))
    passed = [each for each in asked if each.count > each.threshold]
    return max(passed, key=lambda each: each.count / (each.threshold or 1), default=None)


@dataclass(eq=False)
class ReadingAlarm(Aggregate):
    """An alarm about one account on one day: one owner, one due date, one escalation. `words` are sealed."""

    id: UUID
    account: str
    day: date
    measure: Measure
    count: int
    threshold: int
    usual: int | None
    at: datetime
    due: datetime
    owner: str | None = None
    escalated_at: datetime | None = None
    status: AlarmStatus = AlarmStatus.RAISED
    answered_by: str | None = None
    answered_at: datetime | None = None
    words: str = ""
    version: int = 1

    @classmethod
    def raised(
        cls, id_: UUID, reading: Reading, finding: Finding, *, day: date, at: datetime, answer_within: timedelta
    ) -> "ReadingAlarm":
        """A new alarm."""
        usual = None if reading.usual is None else round(reading.usual)
        return cls(
            id_,
            reading.account,
            day,
            finding.measure,
            finding.count,
            finding.threshold,
            usual,
            at,
            at + answer_within,
        )

    def give_to(self, officers: Sequence[str]) -> bool:
        """Have the first officer who is not the account itself own it, where nobody does; whether that changed."""
        owner = next((each for each in officers if each != self.account), None)
        if self.owner is not None or owner is None:
            return False
        self.owner = owner
        self.version += 1
        return True

    def go_on(self, finding: Finding, *, at: datetime, answer_within: timedelta) -> bool:
        """The same day goes on. Whether it has to be told anew: twice as much was read as was explained."""
        if self.status is AlarmStatus.MISUSE:
            return False
        if self.status is AlarmStatus.EXPLAINED:
            if finding.count < 2 * self.count:
                return False
            self._enter(AlarmStatus.RAISED)
            self.answered_by = self.answered_at = self.escalated_at = None
            self.at, self.due = at, at + answer_within
            self._note(finding)
            return True
        if finding.count > self.count:
            self._note(finding)
            self.version += 1
        return False

    def escalate(self, at: datetime) -> bool:
        """Note that the answer is late; whether that is new."""
        if self.status is not AlarmStatus.RAISED or at < self.due or self.escalated_at is not None:
            return False
        self.escalated_at = at
        self.version += 1
        return True

    def answer(self, *, by: str, misuse: bool, words: str, at: datetime) -> None:
        """Say what the reading was. Raises NotByOneself, AnsweredAlready."""
        if by == self.account:
            raise NotByOneself("Nobody explains the own reading; another officer does.", field="id")
        if self.status is not AlarmStatus.RAISED:
            raise AnsweredAlready("This alarm was answered already.", field="id")
        self._enter(AlarmStatus.MISUSE if misuse else AlarmStatus.EXPLAINED)
        self.answered_by, self.answered_at, self.words = by, at, words

    def _note(self, finding: Finding) -> None:
        self.measure, self.count, self.threshold = finding.measure, finding.count, finding.threshold

    def _enter(self, status: AlarmStatus) -> None:
        if status not in READING_ALARM_TRANSITIONS[self.status]:
            raise Conflict(f"What is {self.status} cannot become {status}.", field="status")
        self.status = status
        self.version += 1
