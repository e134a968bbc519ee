"""The measures of one child together: which gives way to which, what time does to them, who represents the child.

Not here: what one measure is (legal), and consents (legal_consents).
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol
from uuid import UUID

from services.registry.domain import legal
from services.registry.domain.legal import Appeal, Effect, Ending, LegalMeasure, MeasureStatus, Report, Terms
from services.registry.domain.legal_ages import Capacity
from services.registry.domain.legal_facts import LegalMeasureCommenced, LegalMeasureRecorded, LegalMeasureReported
from shared.errors import Conflict, Invalid, NotFound, Refused

FULL_GUARDIANS = frozenset({Effect.GUARDIANSHIP, Effect.TRUSTEESHIP})
UNFIT = frozenset({Effect.RIGHTS_LIMITED, Effect.RIGHTS_REMOVED, Effect.SUSPICION})


class GuardianInForce(Conflict):
    """Another guardian already has what this one is given."""

    code = "guardian-in-force"
    title = "A guardian is in force"


class OtherMeasure(Refused):
    """A correction cannot make another measure of it."""

    code = "other-measure"
    title = "Not a correction"


@dataclass(frozen=True)
class Parent:
    """A parent by a relationship, in [from_, to)."""

    person: UUID
    from_: date | None = None
    to: date | None = None

    def on(self, day: date) -> bool:
        """Whether the relationship held on a day."""
        return (self.from_ is None or self.from_ <= day) and (self.to is None or day < self.to)


@dataclass(frozen=True)
class Representative:
    """Who acts for the child in law: a parent with full rights, or the holder of a measure."""

    role: str
    person: UUID | None = None
    kind: str | None = None
    provider: UUID | None = None
    measure: UUID | None = None
    of_person: bool = True
    of_property: bool = True


@dataclass
class LegalFile:
    """All measures of a child, the oldest first."""

    child: UUID
    measures: list[LegalMeasure]

    def measure(self, id_: UUID) -> LegalMeasure:
        """One of them. Raises NotFound."""
        found = next((each for each in self.measures if each.id == id_), None)
        if found is None:
            raise NotFound("No measure with this id.", field="id")
        return found

    def record(
        self, id_: UUID, terms: Terms, *, supersedes: Iterable[UUID], joint: bool, today: date, report_months: int
    ) -> LegalMeasure:
        """Take in a measure that was decided. Raises GuardianInForce, Invalid for a decision of a day to come."""
        if terms.decision.made_on and terms.decision.made_on > today:
            raise Invalid("It lies in the future.", field="decision.made_on", rule="not-in-the-future")
        gives_way = tuple(self.measure(each).id for each in supersedes)
        if not joint:
            self._require_no_other_guardian(terms, gives_way)
        made = LegalMeasure(id_, self.child, terms, recorded_on=today, supersedes=gives_way, changed_on=today)
        self.measures.append(made)
        begins = terms.from_ <= today
        if begins:
            made.enter(MeasureStatus.IN_FORCE, today)
            made.report_due = _first_report(terms, report_months)
        made.record(LegalMeasureRecorded(**made.stated()))
        if begins:
            self._take_effect(made, today)
        return made

    def advance(self, measure: LegalMeasure, today: date, report_months: int) -> bool:
        """Let time do to a measure what is due: begin, or end. Whether anything changed."""
        if measure.due is None or measure.due > today:
            return False
        if measure.status is MeasureStatus.RECORDED:
            measure.enter(MeasureStatus.IN_FORCE, today)
            measure.report_due = _first_report(measure.terms, report_months)
            measure.record(LegalMeasureCommenced(self.child, measure.id))
            self._take_effect(measure, today)
        elif measure.terms.to is not None:
            measure.end(Ending(measure.terms.to, legal.TERM_OVER), today)
        return True

    def end(self, measure: LegalMeasure, ending: Ending, today: date) -> None:
        """A measure was lifted. Raises MeasureIsOver, Invalid for a day to come or before it began."""
        _require_past(ending.on, today, "on")
        if ending.on < measure.terms.from_:
            raise Invalid("It ends before it begins.", field="on", rule="ends-before-it-begins")
        measure.end(ending, today)

    def correct(self, measure: LegalMeasure, terms: Terms, today: date) -> None:
        """Put right what the record had wrong. Raises OtherMeasure where that would make another measure of it."""
        if measure.status is MeasureStatus.WITHDRAWN:
            raise legal.MeasureIsOver("This entry was made in error and is kept unchanged.", field="status")
        remedy = "Withdraw it as entered in error and record the right one."
        if terms.effect is not measure.terms.effect:
            raise OtherMeasure("The effect would be another one.", field="kind", rule="same-effect", remedy=remedy)
        begun = measure.status is not MeasureStatus.RECORDED
        over = not measure.is_open
        if (begun and terms.from_ > today) or (over and (terms.to is None or terms.to > today) and _by_term(measure)):
            raise OtherMeasure("It would be undone by that.", field="from", rule="same-standing", remedy=remedy)
        if over and measure.ending is not None:
            on = terms.to if _by_term(measure) and terms.to else measure.ending.on
            measure.ending = replace(measure.ending, on=max(on, terms.from_))
        measure.correct(terms)

    def appeal(self, measure: LegalMeasure, lodged_on: date, suspends: bool, today: date) -> None:
        """Someone appealed. Raises MeasureIsOver, Conflict where an appeal is running."""
        _require_past(lodged_on, today, "lodged_on")
        self._require_open(measure)
        if measure.appeal is not None and measure.appeal.upheld is None:
            raise Conflict("An appeal against this measure is running.", field="appeal", rule="one-appeal-at-a-time")
        measure.take(Appeal(lodged_on, suspends))

    def decide_appeal(self, measure: LegalMeasure, on: date, upheld: bool, today: date, report_months: int) -> None:
        """The appeal was decided: the measure stands (`upheld`), or is overturned from that day on."""
        running = measure.appeal
        self._require_open(measure)
        if running is None or running.upheld is not None:
            raise Conflict("No appeal against this measure is running.", field="appeal", rule="appeal-is-running")
        _require_past(on, today, "on")
        if on < running.lodged_on:
            raise Invalid("Decided before it was lodged.", field="on", rule="lodged-before-decided")
        measure.take(replace(running, decided_on=on, upheld=upheld))
        if upheld:
            self.advance(measure, today, report_months)
        else:
            measure.end(Ending(on, legal.OVERTURNED), today)

    def report(self, measure: LegalMeasure, report: Report, today: date, months: int) -> None:
        """A guardian reported. Raises Refused for a measure that is no guardianship in force."""
        if measure.status is not MeasureStatus.IN_FORCE or measure.terms.effect not in legal.REPRESENTING:
            raise Refused("Only guardians in force report.", field="id", rule="guardian-in-force")
        _require_past(report.on, today, "on")
        due = measure.report_due or report.on
        while due <= report.on:
            due = months_later(due, months)
        measure.reports, measure.report_due = (*measure.reports, report), due
        measure.record(LegalMeasureReported(self.child, measure.id, report.on))

    def become_trusteeship(self, measure: LegalMeasure, id_: UUID, kind: str, on: date, today: date) -> LegalMeasure:
        """A guardianship goes over into a trusteeship on the child's birthday, with all that it held."""
        on, due = max(on, measure.terms.from_), measure.report_due
        terms = replace(measure.terms, kind=kind, effect=Effect.TRUSTEESHIP, from_=on)
        measure.end(Ending(on, legal.SUPERSEDED), today, MeasureStatus.SUPERSEDED)
        made = LegalMeasure(id_, self.child, terms, recorded_on=today, supersedes=(measure.id,), changed_on=today)
        made.appeal, made.report_due = measure.appeal, due
        made.enter(MeasureStatus.IN_FORCE, today)
        made.record(LegalMeasureRecorded(**made.stated()))
        self.measures.append(made)
        return made

    def come_of_age(self, on: date, today: date) -> None:
        """What others hold over the child ends, unless a court let it last (CARE C10). A suspicion stays one."""
        for each in self.measures:
            if each.is_open and not each.terms.beyond_majority and each.terms.effect is not Effect.SUSPICION:
                each.end(Ending(on, legal.CAME_OF_AGE), today)

    def emancipated(self, on: date, today: date) -> bool:
        """Whether the child was given full capacity before it came of age."""
        return any(each.terms.effect is Effect.EMANCIPATION and each.held_on(on, today) for each in self.measures)

    def unfit(self, on: date, today: date) -> frozenset[UUID]:
        """Who neither represents the child nor consents for it: rights limited or removed, or suspected of harm."""
        held = (each.terms for each in self.measures if each.held_on(on, today))
        return frozenset(each.person for each in held if each.effect in UNFIT and each.person)

    def representatives(
        self, parents: Sequence[Parent], on: date, today: date, capacity: Capacity
    ) -> tuple[Representative, ...]:
        """Who acts for the child in law on a day; for who acts alone: nobody but whom a court kept."""
        held = [each for each in self.measures if each.held_on(on, today)]
        if capacity.full:
            held = [each for each in held if each.terms.beyond_majority]
        unfit = self.unfit(on, today)
        found = [] if capacity.full else _parents(held, parents, on, unfit)
        for each in held:
            holder = each.terms.holder
            if each.terms.effect in legal.REPRESENTING and holder and holder.person not in unfit:
                found.append(Representative("guardian", measure=each.id, **vars(holder)))
        return tuple(found)

    def _take_effect(self, made: LegalMeasure, today: date) -> None:
        """What the beginning of a measure does to others; one that is over by now does nothing."""
        if made.terms.to is not None and made.terms.to <= today:
            made.end(Ending(made.terms.to, legal.TERM_OVER), today)
            return
        others = [each for each in self.measures if each is not made and each.status is MeasureStatus.IN_FORCE]
        for each in others:
            if each.id in made.supersedes or _gives_way(each.terms, made.terms):
                each.end(Ending(made.terms.from_, legal.SUPERSEDED), today, MeasureStatus.SUPERSEDED)
            elif _gives_way(made.terms, each.terms) and made.status is MeasureStatus.IN_FORCE:
                made.end(Ending(each.terms.from_, legal.SUPERSEDED), today, MeasureStatus.SUPERSEDED)
            elif made.terms.effect is Effect.EMANCIPATION and each.terms.effect in legal.REPRESENTING:
                each.end(Ending(made.terms.from_, legal.EMANCIPATED), today)

    def _require_no_other_guardian(self, terms: Terms, gives_way: tuple[UUID, ...]) -> None:
        if terms.effect not in legal.REPRESENTING or terms.holder is None:
            return
        for each in self.measures:
            other = each.terms
            in_the_way = other.effect in FULL_GUARDIANS or other.effect is terms.effect
            if not (in_the_way and each.is_open and each.id not in gives_way and _meet(other, terms)):
                continue
            if other.holder is not None and other.holder.overlaps(terms.holder):
                raise GuardianInForce(
                    "Another guardian is in force in these days.",
                    field="holder",
                    rule="one-guardian-or-joint",
                    remedy="Name the measure that it supersedes, or say that they hold it jointly.",
                )

    def _require_open(self, measure: LegalMeasure) -> None:
        if not measure.is_open:
            raise legal.MeasureIsOver("The measure holds no longer.", field="status")


def months_later(day: date, months: int) -> date:
    """The same day so many calendar months later, clipped to the month's end."""
    years, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def _parents(
    held: list[LegalMeasure], parents: Sequence[Parent], on: date, unfit: frozenset[UUID]
) -> list[Representative]:
    """Parents with full rights: by relationship or by a measure that gave rights back; none who lost care."""
    lost = {each.terms.person for each in held if each.terms.effect is Effect.LEFT_WITHOUT_CARE}
    if None in lost:
        return []
    by_measure = {each.terms.person for each in held if each.terms.effect is Effect.RIGHTS_FULL}
    persons = {each.person for each in parents if each.on(on)} | {each for each in by_measure if each}
    return [Representative("parent", person=each) for each in sorted(persons - lost - unfit)]


def _gives_way(older: Terms, newer: Terms) -> bool:
    """Whether one measure gives way to another by itself: rights of one parent, preliminary to full guardianship."""
    if older.effect in legal.RIGHTS and newer.effect in legal.RIGHTS:
        return older.person == newer.person and older.from_ <= newer.from_
    return older.effect is Effect.PRELIMINARY_GUARDIANSHIP and newer.effect in FULL_GUARDIANS


def _meet(one: Terms, other: Terms) -> bool:
    return one.from_ < (other.to or date.max) and other.from_ < (one.to or date.max)


def _by_term(measure: LegalMeasure) -> bool:
    return measure.ending is not None and measure.ending.reason == legal.TERM_OVER


def _first_report(terms: Terms, months: int) -> date | None:
    return months_later(terms.from_, months) if terms.effect in legal.REPRESENTING else None


def _require_past(day: date, today: date, field: str) -> None:
    if day > today:
        raise Invalid("It lies in the future.", field=field, rule="not-in-the-future")


class LegalFiles(Protocol):
    """The legal files of a deployment."""

    def of(self, child: UUID) -> LegalFile:
        """The file of a child, locked with the child."""

    def holding(self, measure: UUID) -> LegalFile:
        """The file that a measure is in, locked with the child. Raises NotFound."""

    def add(self, measure: LegalMeasure) -> None:
        """Take in a new measure."""
