"""Which rules apply to which of a child's placements, and what they say. Pure; whereabouts acts on it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from services.placements.domain import precedence
from services.placements.domain.lawbook import LawBook
from services.placements.domain.placement import Placement
from services.placements.domain.possible import KnownChild
from services.placements.domain.rulebook import ASKED
from services.placements.domain.rules import Rule, Verdict, When
from services.placements.domain.situation import CaseFacts, NoSurroundings, Situation, Surroundings


@dataclass(frozen=True)
class Act:
    """What every act needs to know: the day, the law, where fresh ids come from, who and what is around the child.

    `at`: the moment of that day, where the law counts hours.
    """

    today: date
    law: LawBook
    new_id: Callable[[], UUID]
    around: Surroundings = field(default_factory=NoSurroundings)
    at: datetime | None = None

    @property
    def moment(self) -> datetime:
        """The moment up to which hours have passed: where only the day is known, that with which it begins."""
        calendar = self.law.calendar
        if self.at is not None and self.at.astimezone(calendar.zone).date() == self.today:
            return self.at
        return calendar.start_of(self.today)


class Life(Protocol):
    """A child's record as rules read it (whereabouts.Whereabouts)."""

    id: UUID
    known: KnownChild
    placements: list[Placement]


def standing(child: Life, act: Act) -> Iterator[tuple[Placement, Verdict]]:
    """The verdicts on what is: on every claim, every stay, and the stay that goes on."""
    for stay in child.placements:
        if ASKED.get((When.STANDING, stay.state)):
            yield from ((stay, verdict) for verdict in judge(situation(child, stay, When.STANDING, act)))


def permission(
    child: Life, asked: Placement, act: Act, case: CaseFacts | None = None, decision: Any = None
) -> Sequence[Verdict]:
    """The verdicts on a stay that someone asks to authorise, in the order of their precedence (CARE C12)."""
    return _ranked(situation(child, asked, When.PERMISSION, act, case=case, decision=decision))


def deciding(
    child: Life, asked: Placement, act: Act, case: CaseFacts | None = None, decision: Any = None
) -> Sequence[Verdict]:
    """The verdicts on a decision that someone is about to make for such a stay, in the order of their precedence."""
    return _ranked(situation(child, asked, When.DECIDING, act, case=case, decision=decision))


def _ranked(now: Situation) -> Sequence[Verdict]:
    """The verdicts as the pack ranks their rules; those that it does not rank come last."""
    ranks = precedence.order(now)
    return sorted(judge(now), key=lambda each: ranks.get(each.rule.id, precedence.LAST))


def of(child: Life, stay: Placement, rule: Rule, act: Act) -> Verdict | None:
    """What one rule says to a stay, as it is or as someone asks for it; None also where only deciding asks the rule."""
    when = When.STANDING if stay.lived and When.STANDING in rule.when else When.PERMISSION
    if when not in rule.when or stay.state not in rule.states:
        return None
    return rule.verdict(situation(child, stay, when, act))


def judge(now: Situation) -> Iterator[Verdict]:
    """What all rules say that are asked on this occasion and apply."""
    for rule in ASKED[now.when, now.stay.state]:
        verdict = rule.verdict(now)
        if verdict is not None:
            yield verdict


def situation(
    child: Life, stay: Placement, when: When, act: Act, *, case: CaseFacts | None = None, decision: Any = None
) -> Situation:
    """What rules read of a stay of the child, as it is now."""
    return Situation(
        today=act.today,
        when=when,
        law=act.law.law(stay.area, stay.from_, act.today),
        book=act.law,
        known=child.known,
        child=child.id,
        stay=stay,
        form=act.law.care_form(stay.care_form),
        placements=child.placements,
        around=act.around,
        decisions=getattr(child, "decisions", ()),
        reviews=getattr(child, "reviews", ()),
        absences=getattr(child, "absences", ()),
        breaches=getattr(child, "breaches", ()),
        exemptions=getattr(child, "exemptions", ()),
        removals=getattr(child, "emergencies", ()),
        case=case,
        decision=decision,
        unrepresented_since=getattr(child, "unrepresented_since", None),
    )
