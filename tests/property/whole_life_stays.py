"""What is said of where a child is, and of what hangs on its stays: rules of the machine of whole lives.

Arrivals, moves, corrections and the lines of a register; absences, reviews, bonds, exemptions, cases, the plan of an
area for imports, and what registry tells. Not here: decisions and removals (whole_life_decisions).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from services.placements.domain import Ground, State, absences, bonds, care_cases, exemptions, legacy, reviews
from services.placements.domain.absences import Away
from services.placements.domain.bonds import Bond, BondStatus
from services.placements.domain.breach import LEGACY
from services.placements.domain.exemptions import ExemptionState
from services.placements.domain.legacy import LegacyPlan, Step
from services.placements.domain.reviews import Findings, Held
from tests.property.whole_life import PLACES, Life
from tests.property.whole_life_law import MAY_OVERRIDE, law
from tests.property.whole_life_record import AREA, DAY, FAMILY, SISTER

FOUND = Findings(goals="YES", necessary="YES", suitable="PARTLY", way_home="NO")
days = st.integers(-40, 3)
forms = st.sampled_from(sorted(PLACES))
picks = st.integers(0, 50)
TOLD = ["birth"] * 5 + ["life"] * 7 + ["death", "error"]
SET_ASIDE = ["under-three-residential", "siblings-together", "review-in-time", "preference-order", "decision-in-force"]
grounds = st.sampled_from(Ground)
birthdays = st.sampled_from(
    [date(2021, 1, 20), date(2021, 2, 28), date(2022, 2, 28), date(2010, 6, 1), date(2024, 1, 20), None]
)


class Stays(Life):
    """Where the child is, and what hangs on it."""

    @initialize(born=birthdays, about=st.booleans(), form=forms, since=st.integers(-25, 0), ground=grounds)
    def comes_into_care(self, born: date | None, about: bool, form: str, since: int, ground: Ground) -> None:
        if born:
            last = born + timedelta(days=40) if about else born
            self.world.know(born_from=born, born_to=last, area=AREA, confirmed=True)
        self.arrives(form, since, None, ground, "planned", False)

    @rule(
        form=forms, from_=days, lasts=st.none() | st.integers(0, 30), ground=grounds,
        kind=st.sampled_from(["planned", "emergency", "permanent"]), ends_former=st.booleans(),
    )  # fmt: skip
    def is_found(self, form: str, from_: int, lasts: int | None, ground: Ground, kind: str, ends_former: bool) -> None:
        self.arrives(form, from_, lasts, ground, kind, ends_former)

    @precondition(lambda self: self.child.active)
    @rule(form=forms, from_=st.integers(-5, 0), ground=grounds)
    def is_said_to_be_elsewhere(self, form: str, from_: int, ground: Ground) -> None:
        self.arrives(form, from_, None, ground, "planned", False)

    def arrives(self, form: str, from_: int, lasts: int | None, ground: Ground, kind: str, ends_former: bool) -> None:
        id_, to = self.world.new_id(), None if lasts is None else self.day(from_ + lasts)
        stay = self.stay(form, from_, to=to, kind=kind)
        self.world.say(lambda child, act: child.record_whereabouts(id_, stay, ground, act, ends_former=ends_former))

    @precondition(lambda self: self.child.placements)
    @rule(pick=picks, on=st.integers(-8, 1), how=st.sampled_from(["start", "move", "confirm", "end", "withdraw"]))
    def moves_on(self, pick: int, on: int, how: str) -> None:
        self.goes_on(self.any_stay(pick, State.ACTIVE), self.day(on), how)

    @precondition(lambda self: any(each.state is State.PLANNED for each in self.child.placements))
    @rule(pick=picks, on=st.integers(-8, 1))
    def permitted_stay_begins(self, pick: int, on: int) -> None:
        self.goes_on(self.any_stay(pick, State.PLANNED), self.day(on), "move" if self.child.active else "start")

    @precondition(lambda self: any(each.state is State.CLAIMED for each in self.child.placements))
    @rule(pick=picks, on=st.integers(-8, 1), how=st.sampled_from(["confirm", "confirm", "end", "withdraw"]))
    def claim_is_settled(self, pick: int, on: int, how: str) -> None:
        self.goes_on(self.any_stay(pick, State.CLAIMED), self.day(on), how)

    def goes_on(self, id_: UUID, day: date, how: str) -> None:
        said: dict[str, tuple[Any, ...]] = {
            "start": (day,), "move": (day, "REVIEW"), "confirm": (day,),
            "end": (day, "REVIEW", "OTHER"), "withdraw": (),
        }  # fmt: skip
        self.world.say(lambda child, act: getattr(child, how)(id_, *said[how], act))

    @precondition(lambda self: self.child.placements)
    @rule(pick=picks, form=forms, from_=days, lasts=st.none() | st.integers(0, 30), stays=st.booleans())
    def was_always_so(self, pick: int, form: str, from_: int, lasts: int | None, stays: bool) -> None:
        was = self.child.placement(self.any_stay(pick))
        to = None if lasts is None else self.day(from_ + lasts)
        stay = self.stay(form, from_, to=to, destination="OTHER")
        if stays:
            stay = replace(stay, from_=was.from_, to=was.to)
        if self.world.say(lambda child, act: child.correct(was.id, stay, act)):
            self.world.ledger.arrived_at(was)

    @precondition(lambda self: self.child.placements)
    @rule(pick=picks, to=st.none() | st.integers(-10, 0), news=st.sets(st.sampled_from(["to", "area", "destination"])))
    def register_says_again(self, pick: int, to: int | None, news: set[str]) -> None:
        was = self.child.placement(self.any_stay(pick))
        stay = self.stay(was.care_form, 0, to=None if to is None else self.day(to), destination="OTHER")
        stay = replace(stay, from_=was.from_)
        self.world.say(lambda child, act: child.repeat(was.id, stay, news, act))

    # Away, and back.

    @precondition(lambda self: self.child.placements)
    @rule(
        pick=picks, kind=st.sampled_from(["HOSPITAL", "MISSING", "TRIAL_AT_HOME"]), from_=st.integers(-10, 0),
        expected=st.none() | st.integers(0, 20), lasts=st.sampled_from([None] * 6 + [*range(7)]), follows=st.booleans(),
    )  # fmt: skip
    def goes_away(
        self, pick: int, kind: str, from_: int, expected: int | None, lasts: int | None, follows: bool
    ) -> None:
        here = self.child.active
        id_, stay = self.world.new_id(), here.id if here and pick % 3 else self.any_stay(pick)
        at = self.now
        back = None if lasts is None else self.day(min(from_ + lasts, 0))
        said = Away(
            kind=kind, from_=self.day(from_), back=back, expected_back=None if expected is None else self.day(expected)
        )
        self.world.say(lambda child, act: absences.start(child, id_, stay, said, at, act, ends_former=follows))

    @precondition(lambda self: any(each.is_open for each in self.child.absences))
    @rule(on=st.none() | st.integers(-5, 10), how=st.sampled_from(["back", "back", "expected"]))
    def comes_back(self, on: int | None, how: str) -> None:
        self.absence_is_other(next(each.id for each in self.child.absences if each.is_open), on, how)

    @precondition(lambda self: self.child.absences)
    @rule(pick=picks, on=st.none() | st.integers(-5, 10), how=st.sampled_from(["back", "expected", "never was"]))
    def was_not_away(self, pick: int, on: int | None, how: str) -> None:
        self.absence_is_other(self.child.absences[pick % len(self.child.absences)].id, on, how)

    def absence_is_other(self, id_: UUID, on: int | None, how: str) -> None:
        day = None if on is None else self.day(on)
        said: dict[str, Callable[..., None]] = {
            "back": lambda child, act: absences.come_back(child, id_, day or self.today, act),
            "expected": lambda child, act: absences.expect(child, id_, day, act),
            "never was": lambda child, act: absences.withdraw(child, id_, act),
        }
        self.world.say(said[how])

    # Reviews.

    @precondition(lambda self: self.child.placements)
    @rule(pick=picks, on=st.integers(-20, 0), again=st.none() | st.integers(1, 60))
    def is_reviewed(self, pick: int, on: int, again: int | None) -> None:
        id_, stay = self.world.new_id(), self.any_stay(pick)
        held = Held(on=self.day(on), by=("anna",), findings=FOUND, again_by=None if again is None else self.day(again))
        self.world.say(lambda child, act: reviews.hold(child, id_, stay, held, act))

    @precondition(lambda self: self.child.reviews)
    @rule(pick=picks)
    def was_not_reviewed(self, pick: int) -> None:
        id_ = self.child.reviews[pick % len(self.child.reviews)].id
        self.world.say(lambda child, act: reviews.withdraw(child, id_, act))

    # Rules that are set aside.

    @precondition(lambda self: self.child.placements)
    @rule(
        pick=picks, which=st.sampled_from(SET_ASIDE), how=st.sampled_from(["override", "propose", "sign"]),
        lasts=st.none() | st.integers(1, 40),
    )  # fmt: skip
    def rule_is_set_aside(self, pick: int, which: str, how: str, lasts: int | None) -> None:
        open_ = {each.rule: each.placement for each in self.child.breaches if each.is_open and pick % 3}
        which = next((each for each in SET_ASIDE[:3] if each in open_), which)
        stay, id_ = open_.get(which, self.any_stay(pick, State.ACTIVE)), self.world.new_id()
        until = None if lasts is None else self.day(lasts)
        ask, alone = exemptions.Ask(rule=which, reason="NO_PLACE", by="anna", until=until), how == "override"
        said: Callable[..., object] = (
            (lambda child, act: exemptions.override(child, id_, child.placement(stay), ask, {MAY_OVERRIDE}, act))
            if alone
            else (lambda child, act: exemptions.propose(child, id_, child.placement(stay), ask, act))
        )
        if self.world.say(said, permission=True) and how == "sign":
            self.world.say(lambda child, act: exemptions.sign(child, id_, "boris", act), permission=True)

    @precondition(lambda self: self.child.exemptions)
    @rule(pick=picks, how=st.sampled_from(["withdraw", "sign", "refuse"]), by=st.sampled_from(["anna", "boris"]))
    def exemption_is_answered(self, pick: int, how: str, by: str) -> None:
        proposed = [each for each in self.child.exemptions if each.state is ExemptionState.PROPOSED and pick % 4]
        fit = proposed or self.child.exemptions
        id_ = fit[pick % len(fit)].id
        said: dict[str, Callable[..., object]] = {
            "withdraw": lambda child, act: exemptions.withdraw(child, id_, "REASON_GONE", act),
            "refuse": lambda child, act: exemptions.refuse(child, id_, by, "NOT_CONVINCING", act),
            "sign": lambda child, act: exemptions.sign(child, id_, by, act),
        }
        self.world.say(said[how], permission=True)

    # Who answers for it.

    @rule(case=st.sampled_from([UUID(int=71), UUID(int=72)]), how=st.sampled_from(["opened", "assigned", "closed"]))
    def social_work_tells(self, case: UUID, how: str) -> None:
        self.world.say(lambda child, act: getattr(care_cases, how)(child, case, act))

    @precondition(lambda self: self.child.active)
    @rule(since=st.none() | st.integers(-40, 0))
    def guardian_is_lost_or_found(self, since: int | None) -> None:
        day = None if since is None else self.day(since)

        def said(child: Any, act: Any) -> None:  # as the handler does that hears of guardians
            child.unrepresented_since = day
            child.review(act)

        self.world.say(said)

    # Imports.

    @precondition(lambda self: any(_legacy(each) for each in self.child.breaches))
    @rule(until=st.integers(1, 400), share=st.integers(1, 99))
    def area_plans_its_imports(self, until: int, share: int) -> None:
        plan = LegacyPlan(self.world.new_id(), AREA, (), "anna", self.today)
        plan.set([Step(self.day(until), share), Step(self.day(until + 100), 100)], "anna", self.today)
        stays = [each.placement for each in self.child.breaches if _legacy(each)]
        for stay in stays:
            self.world.say(lambda child, act, stay=stay: legacy.follow(child, _breach(child, stay), plan, act))

    # The sister.

    @precondition(lambda self: self.child.placements)
    @rule(form=st.none() | forms, named=st.integers(0, 3).map(bool))
    def sister_moves(self, form: str | None, named: bool) -> None:
        around = self.world.around

        def moves() -> None:
            around.named = named
            around.sister = replace(around.sister, care_form=form, provider=PLACES[form] if form else None)

        self.world.happens_around(moves)
        self.world.know(siblings=frozenset({SISTER}) if named else frozenset())

    @precondition(lambda self: self.world.around.named)
    @rule(bond=st.sampled_from(Bond), harmed=st.booleans(), signed=st.booleans(), every=st.none() | st.integers(1, 30))
    def bond_is_found(self, bond: Bond, harmed: bool, signed: bool, every: int | None) -> None:
        id_, due = self.world.new_id(), None if every is None else self.day(every)
        if self.world.say(lambda child, act: bonds.record(child, id_, SISTER, bond, act, harmed=harmed, by="anna")):
            if signed:
                self.world.say(lambda child, act: bonds.sign(child, id_, act, by="boris"))
            self.world.say(lambda child, act: bonds.plan_contact(child, id_, every, due, act))
        standing = [each for each in self.child.bonds if each.status is BondStatus.STANDING]
        if standing:
            around, found = (
                self.world.around,
                replace(self.world.around.sister, bond=standing[0].bond.value, harmed=standing[0].harmed),
            )
            self.world.happens_around(lambda: setattr(around, "sister", found))

    @precondition(lambda self: any(each.status is BondStatus.STANDING for each in self.child.bonds))
    @rule(pick=picks, on=st.integers(-10, 1))
    def sister_is_met(self, pick: int, on: int) -> None:
        standing = [each.id for each in self.child.bonds if each.status is BondStatus.STANDING]
        id_, day = standing[pick % len(standing)], self.day(on)
        self.world.say(lambda child, act: bonds.have_contact(child, id_, day, act))

    @precondition(lambda self: self.child.bonds)
    @rule(pick=picks, by=st.sampled_from(["anna", "boris"]))
    def bond_is_signed(self, pick: int, by: str) -> None:
        id_ = self.child.bonds[pick % len(self.child.bonds)].id
        self.world.say(lambda child, act: bonds.sign(child, id_, act, by=by))

    # What registry tells, and what becomes of the family.

    @rule(born=birthdays.filter(bool), about=st.booleans(), what=st.sampled_from(TOLD))
    def registry_tells(self, born: date, about: bool, what: str) -> None:
        last = born + timedelta(days=40) if about else born
        told: dict[str, dict[str, Any]] = {
            "birth": {"born_from": born, "born_to": last, "confirmed": True, "withdrawn": False},
            "death": {"died_on": self.today},
            "life": {"died_on": None, "withdrawn": False},
            "error": {"withdrawn": True},
        }
        self.world.know(**told[what])

    @rule(approved=st.integers(-10, 90), suspended=st.booleans())
    def approval_changes(self, approved: int, suspended: bool) -> None:
        places = self.world.around.providers
        changed = replace(places[FAMILY], approved_to=self.day(approved), suspended=suspended)
        self.world.happens_around(lambda: places.update({FAMILY: changed}))

    # Time.

    @rule(later=st.integers(1, 12), clocks_first=st.booleans())
    def days_pass(self, later: int, clocks_first: bool) -> None:
        self.world.pass_until(self.now + later * DAY, clocks_first=clocks_first)

    @rule(later=st.integers(20, 60), back=st.booleans(), clocks_first=st.booleans())
    def weeks_pass(self, later: int, back: bool, clocks_first: bool) -> None:
        self.world.pass_until(law().calendar.start_of(self.day(later)), back=back, clocks_first=clocks_first)


def _legacy(breach: Any) -> bool:
    return breach.rule == LEGACY and breach.is_open


def _breach(child: Any, stay: UUID) -> UUID:
    return UUID(int=next(each.id.int for each in child.breaches if _legacy(each) and each.placement == stay))
