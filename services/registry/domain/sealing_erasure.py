"""A record erased: on three grounds only, asked by one person and executed by another (CARE C15).

Asking is never refused, whatever the rules say of it: a court's order is recorded, not argued with. What the rules
refuse is the execution, for as long as they are not met. They say "never while under 18" to every ground alike; an
entry made in error has no child behind it, so its age says nothing, but it must have been withdrawn before.

Not here: a record sealed after an adoption (sealing), which no request erases; what erasing does to tables and keys
(store).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from services.registry.domain.children import Child, Status
from shared.aggregate import Aggregate
from shared.errors import Conflict, Invalid, Refused
from shared.rule_words import RuleWords


class Ground(StrEnum):
    """Why a record may be erased at all."""

    REGISTERED_IN_ERROR = "registered-in-error"
    RETENTION_OVER = "retention-over"
    COURT_ORDER = "court-order"


class State(StrEnum):
    """How far a request to erase has come."""

    ASKED = "asked"
    EXECUTED = "executed"
    REFUSED = "refused"


ERASURE_TRANSITIONS: dict[State, frozenset[State]] = {
    State.ASKED: frozenset({State.EXECUTED, State.REFUSED}),
    State.EXECUTED: frozenset(),
    State.REFUSED: frozenset(),
}


class ErasureRefused(Refused):
    """A rule keeps the record from being erased, for now or for good."""

    code = "erasure-refused"
    title = "Record is not erased"


class ErasureDecided(Conflict):
    """The request was executed or refused already."""

    code = "erasure-decided"
    title = "Request is decided"


class OneErasureAtATime(Conflict):
    """There is an undecided request about this record."""

    code = "erasure-asked"
    title = "Erasure asked already"


@dataclass(frozen=True)
class ChildErased:
    """Nothing is known of the child any more; whoever holds something under its id lets it go."""

    child: UUID


@dataclass(frozen=True)
class Law:
    """The numbers of the country pack: full years of age, full years from birth, days from offer to erasure."""

    adult_at: int
    kept_for: int
    offered_before: int


@dataclass(frozen=True)
class Known:
    """What bears on an erasure besides the record itself."""

    in_care: bool
    open_cases: int
    open_alert: bool
    offered_on: date | None = None


@dataclass(frozen=True)
class Verdict:
    """What one rule says of erasing a record now, and what would satisfy it."""

    rule: str
    satisfied: bool
    text: str
    remedy: str | None = None


Rule = Callable[[Ground, Child, Known, Law, date], bool]


def verdicts(ground: Ground, child: Child, known: Known, law: Law, today: date) -> tuple[Verdict, ...]:
    """What every rule says; the record may be erased where all are satisfied."""
    found = []
    for rule, (holds, text, remedy) in _RULES.items():
        satisfied = holds(ground, child, known, law, today)
        found.append(Verdict(rule, satisfied, text, None if satisfied else remedy))
    return tuple(found)


def _of_age(ground: Ground, child: Child, known: Known, law: Law, today: date) -> bool:
    """Read protectively (CARE C12): of age on the latest day that the birth allows; never where it is not known."""
    if ground is Ground.REGISTERED_IN_ERROR:
        return True
    last = child.identity.birth.born_to
    return last is not None and today >= years_after(last, law.adult_at)


def _retention_over(ground: Ground, child: Child, known: Known, law: Law, today: date) -> bool:
    if ground is not Ground.RETENTION_OVER:
        return True
    last = child.identity.birth.born_to
    return last is not None and today >= years_after(last, law.kept_for)


def _offered(ground: Ground, child: Child, known: Known, law: Law, today: date) -> bool:
    if ground is not Ground.RETENTION_OVER or child.death is not None:
        return True
    return known.offered_on is not None and (today - known.offered_on).days >= law.offered_before


def _withdrawn(ground: Ground, child: Child, known: Known, law: Law, today: date) -> bool:
    return ground is not Ground.REGISTERED_IN_ERROR or child.status is Status.WITHDRAWN


_RULES: dict[str, tuple[Rule, str, str]] = {
    "not-sealed": (
        lambda ground, child, *_: child.status is not Status.SEALED,
        "A record sealed after an adoption is never erased by request.",
        "None.",
    ),
    "stands-for-itself": (
        lambda ground, child, *_: child.status is not Status.MERGED,
        "A record that gave way to another one is erased with that one.",
        "Ask for the record that stands for both, or undo the merge.",
    ),
    "withdrawn-before": (_withdrawn, "An entry made in error was withdrawn before.", "Withdraw the entry."),
    "of-age": (_of_age, "Nothing is erased while the person may be under age.", "Wait until the person is of age."),
    "not-in-care": (
        lambda ground, child, known, *_: not known.in_care,
        "Nothing is erased of who is in care.",
        "Wait until the stay in care is over.",
    ),
    "no-open-case": (
        lambda ground, child, known, *_: known.open_cases == 0,
        "Nothing is erased while a case is open.",
        "Wait until every case is closed.",
    ),
    "no-open-alert": (
        lambda ground, child, known, *_: not known.open_alert,
        "Nothing is erased of who is missed.",
        "Wait until the alert is closed.",
    ),
    "retention-over": (_retention_over, "The record was kept for as long as the law asks.", "Wait until it was."),
    "file-offered": (
        _offered,
        "The file was offered to the person it is about, with time to answer.",
        "Offer the file, record it, and wait for the days that the pack names.",
    ),
}


def years_after(day: date, years: int) -> date:
    """The day some full years later; 29 February becomes 1 March, so that nothing is erased a day early."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


@dataclass(eq=False)
class Erasure(Aggregate):
    """A request to erase a child's record, and what became of it. Executed, it is all that is left: ids and codes."""

    id: UUID
    child: UUID
    ground: Ground
    asked_by: str
    asked_at: datetime
    reason: str | None = None
    status: State = State.ASKED
    decided_by: str | None = None
    decided_at: datetime | None = None
    refused_because: str | None = None
    version: int = 1

    @classmethod
    def ask(cls, id_: UUID, child: UUID, ground: Ground, reason: str, *, by: str, at: datetime) -> "Erasure":
        """Someone asks that the record be erased. Raises Invalid without a reason."""
        if not reason.strip():
            raise Invalid("A request to erase needs its reason.", field="reason", rule="reason-given")
        return cls(id=id_, child=child, ground=ground, asked_by=by, asked_at=at, reason=reason)

    def execute(self, child: Child, known: Known, law: Law, *, by: str, at: datetime, today: date) -> None:
        """A second person has the record erased. Raises ErasureRefused with the first rule that is not met."""
        self._enter(State.EXECUTED)
        if by == self.asked_by:
            raise ErasureRefused(
                "Who asked does not execute.", field="approval", rule="two-persons", remedy="Another person approves."
            )
        for verdict in verdicts(self.ground, child, known, law, today):
            if not verdict.satisfied:
                raise ErasureRefused(verdict.text, field="child", rule=verdict.rule, remedy=verdict.remedy)
        self._decide(State.EXECUTED, by, at)

    def refuse(self, because: str, *, by: str, at: datetime) -> None:
        """The record stays. Raises Invalid without a reason, ErasureDecided."""
        self._enter(State.REFUSED)
        if not because.strip():
            raise Invalid("A refusal needs its reason.", field="because", rule="reason-given")
        self.refused_because = because
        self._decide(State.REFUSED, by, at)

    def _enter(self, state: State) -> None:
        if state not in ERASURE_TRANSITIONS[self.status]:
            raise ErasureDecided(f"This request is {self.status} already.", field="status", rule="erasure-open")

    def _decide(self, state: State, by: str, at: datetime) -> None:
        self.status, self.decided_by, self.decided_at = state, by, at
        self.version += 1


def forget(children: Sequence[Child]) -> None:
    """These records of one child are gone from now on; whoever hears of it lets go of what it holds of them."""
    for child in children:
        child.erase()
        child.record(ChildErased(child.id))


@dataclass(eq=False)
class FileOffer:
    """The file was offered to the person it is about: when, by whom, with what answer (a code of file_answer)."""

    child: UUID
    offered_on: date
    answer: str
    by: str
    at: datetime


class Erasures(Protocol):
    """The requests to erase records, and the erasing itself."""

    def get(self, id_: UUID) -> Erasure:
        """The request, locked for change. Raises NotFound."""

    def add(self, erasure: Erasure) -> None:
        """Take in a new request."""

    def open_about(self, child: UUID) -> Erasure | None:
        """The undecided request about a record."""

    def executed(self, child: UUID) -> Erasure | None:
        """The request that was executed about a record."""

    def known(self, child: UUID) -> Known:
        """What bears on erasing a record."""

    def note_offer(self, offer: FileOffer) -> None:
        """The file was offered; a later offer takes the place of an earlier one."""

    def wipe(self, children: Sequence[Child], ground: Ground, at: datetime) -> None:
        """Take everything on these children out of this database, their keys too, and note their ids beside it."""


def words_of_rules() -> tuple[RuleWords, ...]:
    """The rules of erasure in words."""
    return tuple(RuleWords(rule, text, remedy=remedy) for rule, (_holds, text, remedy) in _RULES.items())
