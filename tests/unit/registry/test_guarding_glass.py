"""The glass broken in an emergency: what it opens and for how long, who is told, who judges."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.registry.commands import guarding_glass as commands
from services.registry.domain import guarding_glass as domain
from services.registry.domain import guarding_notices as notices
from services.registry.domain.guarding import NotByOneself
from services.registry.handlers import guarding_glass as handlers
from shared.errors import Conflict, NotFound
from shared.ids import new_id
from tests.unit.registry.given import ACTS, AT

TERMS = domain.Terms(timedelta(minutes=30), timedelta(hours=72), 3)
CHIEF = domain.Watcher("chief", "north", 0)
DEPUTY = domain.Watcher("deputy", "north", 0)
OFFICER = domain.Watcher("officer", "ministry", 2)
MINUTE = timedelta(minutes=1)


def broken(*, at=AT, earlier=(), child=None, account="aigul", terms=TERMS):
    return domain.Glass.broken(
        new_id(),
        account,
        child or new_id(),
        reason="DANGER",
        words="The mother is at the door.",
        told=("chief", "officer"),
        terms=terms,
        earlier=earlier,
        at=at,
    )


def review(glass, *, by="chief", officer=False, justified=True, at=AT + timedelta(hours=1)):
    glass.review(by=by, officer=officer, justified=justified, words="The mother was at the door.", at=at)


class TestTwoToTell:
    def told(self, *watchers, office="north", breaker="aigul", kept_out=()):
        return domain.two_to_tell(watchers, breaker=breaker, office=office, kept_out=kept_out)

    def test_the_nearest_two_are_told_of_whom_one_is_of_another_office(self):
        assert self.told(OFFICER, DEPUTY, CHIEF) == ("chief", "officer")
        assert self.told(OFFICER, DEPUTY, CHIEF, office="south") == ("chief", "deputy")

    def test_where_the_office_is_not_known_the_two_are_of_different_offices(self):
        assert self.told(CHIEF, DEPUTY, OFFICER, office=None) == ("chief", "officer")
        with pytest.raises(domain.NobodyToTell):
            self.told(CHIEF, DEPUTY, office=None)

    @pytest.mark.parametrize(
        "watchers",
        [
            (),
            (OFFICER,),
            (CHIEF, DEPUTY),
            (CHIEF, replace(CHIEF, office="south")),
            (OFFICER, replace(CHIEF, account="aigul")),
        ],
    )
    def test_without_such_two_it_is_refused_with_a_remedy(self, watchers):
        with pytest.raises(domain.NobodyToTell) as refused:
            self.told(*watchers)
        assert "watch_roster" in refused.value.remedy

    def test_kin_of_the_child_are_not_told(self):
        assert self.told(CHIEF, DEPUTY, OFFICER, kept_out={"chief"}) == ("deputy", "officer")
        with pytest.raises(domain.NobodyToTell):
            self.told(CHIEF, OFFICER, kept_out={"officer"})


def test_the_record_is_open_for_half_an_hour_and_closes_by_itself():
    glass = broken()
    moments = [-MINUTE, 0 * MINUTE, 29 * MINUTE, 30 * MINUTE]
    assert [glass.opens(AT + each) for each in moments] == [False, True, True, False]
    assert not glass.tick(AT + 29 * MINUTE)
    assert glass.tick(AT + 30 * MINUTE)
    assert glass.status is domain.GlassStatus.EXPIRED


def test_a_child_open_already_is_not_opened_twice_but_again_when_it_is_closed():
    child = new_id()
    first = broken(child=child)
    with pytest.raises(domain.GlassIsOpen):
        broken(child=child, earlier=[first], at=AT + MINUTE)
    with pytest.raises(domain.GlassIsOpen):  # asked for at once: the other came in later and was written first
        broken(child=child, earlier=[first], at=AT - MINUTE)
    assert broken(child=child, earlier=[first], at=AT + 30 * MINUTE).opens(AT + 30 * MINUTE)


def test_so_many_wait_for_their_review_and_no_more():
    earlier = [broken() for _ in range(3)]
    assert broken(earlier=earlier[:2])
    with pytest.raises(domain.TooManyUnreviewed):
        broken(earlier=earlier)


def test_whose_review_is_late_breaks_no_glass_whether_or_not_that_was_noted():
    earlier, later = broken(), AT + timedelta(hours=72)
    assert broken(earlier=[earlier], at=later - MINUTE)
    with pytest.raises(domain.ReviewOverdue):
        broken(earlier=[earlier], at=later)
    earlier.tick(later)
    assert earlier.status is domain.GlassStatus.OVERDUE
    with pytest.raises(domain.ReviewOverdue):
        broken(earlier=[earlier], at=later)


@pytest.mark.parametrize(("justified", "status"), [(True, "justified"), (False, "unjustified")])
@pytest.mark.parametrize(("by", "officer"), [("chief", False), ("officer", False), ("another officer", True)])
def test_one_of_the_told_or_an_officer_judges(justified, status, by, officer):
    glass = broken()
    review(glass, by=by, officer=officer, justified=justified)
    assert (glass.status, glass.reviewed_by, glass.verdict_words) == (status, by, "The mother was at the door.")
    with pytest.raises(domain.ReviewedAlready):
        review(glass)


def test_a_verdict_closes_a_record_that_is_open():
    glass = broken()
    review(glass, at=AT + MINUTE)
    assert (glass.opens(AT + 2 * MINUTE), glass.until) == (False, AT + MINUTE)


def test_a_late_verdict_is_one_too():
    glass = broken()
    glass.tick(AT + timedelta(hours=80))
    review(glass, at=AT + timedelta(hours=81))
    assert not glass.is_overdue(AT + timedelta(hours=82))


def test_nobody_judges_the_own_access_not_even_as_an_officer_nor_what_they_were_not_told_of():
    glass = broken()
    with pytest.raises(NotByOneself):
        review(glass, by="aigul", officer=True)
    with pytest.raises(domain.NotToldOfIt):
        review(glass, by="somebody")
    assert glass.status is domain.GlassStatus.OPEN


def test_no_step_is_taken_that_the_table_lacks():
    glass = broken()
    with pytest.raises(Conflict):
        glass._enter(domain.GlassStatus.JUSTIFIED)


class FakeNotices:
    def __init__(self):
        self.told = []
        self.kept = {}

    def tell(self, account, kind, subject):
        self.told.append((account, kind, subject))

    def get(self, id_):
        return self.kept[id_]


class FakeUow:
    """A deployment whose roster has a chief nearby and an officer elsewhere."""

    def __init__(self, *kin):
        self.kept, self.kin = {}, kin
        self.notices = FakeNotices()
        self.glasses = self.roster = self

    def add(self, glass):
        self.kept[glass.id] = glass

    def get(self, id_):
        return self.kept[id_]

    def unreviewed(self, account):
        return [each for each in self.kept.values() if each.account == account and each.reviewed_by is None]

    def due(self, at):
        return list(self.kept.values())

    def watchers(self, area, on):
        return [CHIEF, DEPUTY, OFFICER]

    def office_of(self, account, on):
        return {"deputy": "north"}.get(account)

    def officers(self, on):
        return ["officer"]

    def terms(self, area, on):
        return TERMS

    def kept_out(self, child, accounts):
        return set(self.kin) & set(accounts)


def command(**changes):
    values = {"id": new_id(), "child": new_id(), "area": "KZ-75", "reason": "DANGER", "words": "At the door."}
    return commands.BreakGlass(**values | ACTS | {"actor": "aigul"} | changes)


def test_two_are_told_at_once_of_whom_one_is_of_another_office():
    uow = FakeUow()
    glass = handlers.break_glass(uow, command(office="north"))
    assert uow.notices.told == [(account, notices.GLASS_BROKEN, glass.id) for account in ("chief", "officer")]
    assert uow.kept[glass.id] is glass


def test_the_office_of_someone_on_the_roster_is_known_from_there():
    assert handlers.break_glass(FakeUow(), command(actor="deputy")).told_two == "officer"
    assert handlers.break_glass(FakeUow("chief"), command(office="south")).told_one == "deputy"


def test_where_nobody_can_be_told_nothing_is_opened():
    uow = FakeUow("officer")
    with pytest.raises(domain.NobodyToTell):
        handlers.break_glass(uow, command(office="north"))
    assert (uow.kept, uow.notices.told) == ({}, [])


def test_the_clock_tells_everybody_concerned_of_a_late_review_once():
    uow = FakeUow()
    glass = handlers.break_glass(uow, command(office="north"))
    uow.notices.told.clear()
    assert handlers.run_glass_clocks(uow, AT + timedelta(hours=1), ACTS["today"]) == 1
    assert uow.notices.told == []
    late = AT + timedelta(hours=73)
    assert [handlers.run_glass_clocks(uow, late, ACTS["today"]) for _ in range(2)] == [1, 0]
    assert uow.notices.told == [
        ("chief", notices.GLASS_OVERDUE, glass.id),
        ("officer", notices.GLASS_OVERDUE, glass.id),
        ("aigul", notices.GLASS_SUSPENDED, glass.id),
    ]


def test_a_notice_is_read_by_whom_it_was_given_to_and_once():
    uow, notice = FakeUow(), notices.Notice(new_id(), "chief", notices.GLASS_BROKEN, new_id(), AT)
    uow.notices.kept[notice.id] = notice
    reading = commands.ReadNotice(id=notice.id, **ACTS | {"actor": "chief"})
    with pytest.raises(NotFound):
        handlers.read_notice(uow, replace(reading, actor="deputy"))
    assert handlers.read_notice(uow, reading).version == 2
    assert handlers.read_notice(uow, replace(reading, at=AT + MINUTE)).read_at == AT
