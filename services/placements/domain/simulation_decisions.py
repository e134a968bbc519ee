"""A decision of the past, or a child taken at once, under a law: what its decision table and its rules say to it.

Asked as it was when it was written down: the table's own No (decisions_checks), and the rules of care, those on how it
came about by what its gatekeeping case holds. What the table only sets clocks for is looked up in what followed: the
second signature, the confirmation, the carrying out, the notices. Not here: what is counted (simulation).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.placements.domain import decision_table, decisions_checks, decisions_emergency
from services.placements.domain.decision import ORAL_ORDER, Decision, DecisionStatus, Terms
from services.placements.domain.decision_table import After, Line, NoticeDue
from services.placements.domain.decisions import CONFIRMATION
from services.placements.domain.decisions_emergency import Emergency
from services.placements.domain.judgement import Act
from services.placements.domain.placement import Placement
from services.placements.domain.simulation_laws import Acts, Rules
from services.placements.domain.situation import CaseFacts, When
from shared.errors import Invalid

SECOND_SIGNATURE, CONFIRMED, CARRIED_OUT = "second-signature", "oral-confirmed-in-time", "carried-out-in-time"
NOTICE, NAMED, OUTCOME = "notice-in-time", "removal-by-body-named", "care-form-of-outcome"
_TERMS = tuple(each.name for each in fields(Terms))


class NoCase(StrEnum):
    """Why the rules on how it was decided cannot be asked of a decision."""

    COURT = "no-case-court-order"
    ON_PAPER = "no-case-found-on-paper"
    NONE = "no-case-kept"
    SHUT = "case-does-not-open"
    IMPORTED = "imported-without-decision"


@dataclass(frozen=True)
class Past:
    """A decision as it was made. `on_paper`: found after an import had brought the stay that it permits."""

    decision: Decision
    terms: Terms
    on_paper: bool

    @classmethod
    def of(cls, child: Any, decision: Decision) -> "Past":
        """The decision as it was made: an oral order that was confirmed since was one by word of mouth."""
        said: dict[str, Any] = {name: getattr(decision, name) for name in _TERMS}
        if decision.confirm_by is not None:
            said["instrument"] = ORAL_ORDER
        terms = Terms(**said)
        return cls(decision, terms, decisions_checks.found_on_paper(child, terms))

    @property
    def binds(self) -> bool:
        """Whether the table and the rules could refuse it: neither a court's order nor a fact of the past."""
        return not self.on_paper and not self.terms.ordered

    def day(self, act: Act) -> date:
        """As of which day it is judged: when it was written down, or made if it was found on paper later."""
        if self.on_paper:
            return self.terms.made_on
        return self.decision.recorded_at.astimezone(act.law.calendar.zone).date()


@dataclass(frozen=True)
class Judged:
    """The rules that a decision does not meet, by the law as it is and by the other; why some could not be asked."""

    now: Rules
    then: Rules
    unasked: NoCase | None


def made_in(decisions: Iterable[Decision], since: date, until: date) -> Iterator[Decision]:
    """The decisions made in [since, until); an entry in error is none."""
    return (each for each in decisions if since <= each.made_on < until and each.status is not DecisionStatus.WITHDRAWN)


def judge(
    child: Any,
    seen: Any,
    past: Past,
    acts: Acts,
    case: CaseFacts | None,
    on: date,
    kind: type[Placement] = Placement,
) -> Judged:
    """Ask both laws. `seen`: the record as it was then; `acts`: those of that day; clocks are looked at as of `on`.

    `kind`: of which class the stays are that it would permit.
    """
    now, then = acts.ask(lambda act: frozenset(_by_table(child, past, act, on)))
    for stay in decisions_checks.stays(child, past.terms, acts.now, case, kind):
        for when in (When.PERMISSION, When.DECIDING) if case else (When.PERMISSION,):
            found, other = acts.rules(seen, stay, when, case, past.decision)
            if when is When.PERMISSION:
                found, other = (_asked(each, past.terms) for each in (found, other))
            now, then = now | found, then | other
    return Judged(now, then, None if case or not past.terms.care_forms else _why(past))


def removal(child: Any, taken: Emergency, act: Act, on: date) -> Rules:
    """What a decision table says to a child's being taken at once: by whom, and whether all were told in time."""
    day = taken.at.astimezone(act.law.calendar.zone).date()
    line = decision_table.line(act.law, decisions_emergency.ENTRY, taken.situation, day, taken.area)
    found = set(_untold(child, taken.id, decisions_emergency.to_be_told(line), After.REMOVAL, taken.at, act, on))
    if line is not None and line.at_once is not None and taken.taken_by not in line.at_once:
        found.add(NAMED)
    return frozenset(found)


def _asked(rules: Rules, terms: Terms) -> Rules:
    return frozenset(each for each in rules if decisions_checks.asked_when_decided(each, terms))


def _why(past: Past) -> NoCase:
    if past.decision.case is not None:
        return NoCase.SHUT
    if past.on_paper:
        return NoCase.ON_PAPER
    return NoCase.COURT if past.terms.ordered else NoCase.NONE


def _by_table(child: Any, past: Past, act: Act, on: date) -> Iterator[str]:
    decision, terms = past.decision, past.terms
    line = decision_table.line(act.law, terms.act, terms.situation, terms.made_on, terms.area)
    yield from (str(each.rule) for each in decisions_checks.by_table(child, terms, line, act))
    if past.binds:
        yield from _outcome(terms, act)
    if line is None:
        return
    if past.binds and line.second_signature and decision.second_by is None:
        yield SECOND_SIGNATURE
    since = decision.made_at or decision.recorded_at
    if terms.oral and _late(_confirm_by(line, since, decision, act), decision.confirmed_at, act, on):
        yield CONFIRMED
    if _not_carried_out(line, decision, act, on):
        yield CARRIED_OUT
    yield from _untold(child, decision.id, line.notices, After.DECISION, since, act, on)


def _outcome(terms: Terms, act: Act) -> Iterator[str]:
    try:
        decisions_checks.require_outcome(terms, act)
    except Invalid as error:
        if error.rule != OUTCOME:
            raise  # a code that this law does not know
        yield OUTCOME


def _confirm_by(line: Line, since: datetime, decision: Decision, act: Act) -> datetime | None:
    if line.confirm is None:
        return act.law.deadline(CONFIRMATION, since, decision.area)
    return act.law.calendar.deadline(since, line.confirm)


def _late(due: datetime | None, done: datetime | None, act: Act, on: date) -> bool:
    """Whether it was done after it was due, or is not although it was due before a day."""
    if due is None:
        return False
    return done > due if done is not None else due.astimezone(act.law.calendar.zone).date() < on


def _not_carried_out(line: Line, decision: Decision, act: Act, on: date) -> bool:
    if line.carry_out is None or not act.law.outcome(decision.outcome).carried_out:
        return False
    last = act.law.calendar.last_day(max(decision.made_on, decision.effective_from), line.carry_out)
    if decision.carried_out_on is not None:
        return decision.carried_out_on > last
    ended = decision.ended_on if decision.ended_on is not None else on
    return last + timedelta(days=1) <= min(ended, on)


def _untold(
    child: Any, about: UUID, named: Iterable[NoticeDue], after: After, since: datetime, act: Act, on: date
) -> Iterator[str]:
    """Whom the table wants told after something, and who was not in time."""
    for asked in named:
        if asked.after is not after:
            continue
        due = act.law.calendar.deadline(since, asked.within)
        told = (each.sent_at for each in child.notices if each.about == about and each.to == asked.to)
        first = min((each for each in told if each is not None), default=None)
        if _late(due, first, act, on):
            yield f"{NOTICE}:{asked.to}"
