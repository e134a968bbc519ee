"""Whatever is done to a carer family in whatever order: nobody is placed there without an approval that holds."""

from datetime import date, timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from services.placements.domain import Provider, Takes
from services.placements.domain.families import TRANSITIONS, CarerFamily, FamilyState
from services.placements.domain.families_facts import FamilyApproved, FamilyLapsed
from services.placements.domain.families_parts import Assessment, FamilyLaw, FamilyTerms, Training
from shared.errors import KinwardError

FIRST = date(2026, 1, 31)
LAW = FamilyLaw(validity=12, notice=30, training_hours=10, children=5)
PEOPLE = ("anna", "ben")
STEPS = (
    "approve",
    "approve",
    "assess",
    "train",
    "suspend",
    "reinstate",
    "refuse",
    "withdraw",
    "apply_again",
    "pass_time",
)
DONE = st.tuples(
    st.sampled_from(STEPS),
    st.sampled_from(PEOPLE),
    st.integers(0, 200),
    st.sampled_from(("SUITABLE", "SUITABLE", "NOT_SUITABLE")),
)


def act(family: CarerFamily, step: str, by: str, today: date, found: str) -> None:
    """One step, refused or not."""
    match step:
        case "assess":
            family.assess(Assessment(on=today, by=by, recommendation=found), today)
        case "train":
            family.train(Training("PREPARATION", 6, today), today)
        case "approve":
            terms = FamilyTerms(places=2, care_forms=("FOSTER",), takes=Takes(0, 17), from_=today)
            family.approve(terms, by, LAW, today)
        case "suspend" | "refuse" | "withdraw":
            getattr(family, step)("OTHER", today)
        case "reinstate":
            family.reinstate(by, today)
        case "apply_again":
            family.apply_again(today)
        case _:
            family.pass_time(today)


@given(st.lists(DONE, max_size=40))
def test_a_family_is_open_to_children_only_by_an_approval_of_another_than_its_assessor(
    done: list[tuple[str, str, int, str]],
) -> None:
    family, today = CarerFamily.apply(uuid4(), "KZ-75", frozenset({uuid4()}), 1, (), FIRST), FIRST
    for step in ("assess", "train", "train"):
        act(family, step, PEOPLE[0], today, "SUITABLE")
    provider = Provider.open(family.id, "CARER_FAMILY", "KZ-75", "x", places=None, key=None)
    for step, by, days, found in done:
        today += timedelta(days=days)
        family.pass_time(today)
        before = family.state
        try:
            act(family, step, by, today, found)
        except KinwardError:
            assert family.state is before
            continue
        assert family.state is before or family.state in TRANSITIONS[before] or step == "assess"
        if step in {"approve", "reinstate"}:
            assert family.assessment is not None
            assert (family.assessment.by, family.assessment.recommendation) != (by, "NOT_SUITABLE")
            assert family.assessment.by != by
        offered = family.offers(provider, today)
        if family.state is FamilyState.APPROVED:
            assert offered.approval.from_ is not None
            assert offered.approval.to is not None
            assert offered.approval.from_ <= today < offered.approval.to
            assert not offered.approval.suspended
            assert offered.places is not None
        if family.state in {FamilyState.APPLIED, FamilyState.REFUSED}:
            ended = offered.approval.to is not None and offered.approval.to <= today
            assert offered.approval.from_ is None or ended
    facts = [fact for *_, fact in family.pull_facts()]
    until = None
    for fact in facts:
        if isinstance(fact, FamilyApproved):
            assert fact.from_ < fact.until
            until = fact.until
        if isinstance(fact, FamilyLapsed):
            assert fact.on == until
