"""A child's papers: identity work, the checklist, attachments."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.registry.commands import papers as commands
from services.registry.domain import papers as domain
from services.registry.domain.children_identity import CivilRegistration, Found
from services.registry.domain.papers import DocumentState, WorkStatus
from services.registry.domain.papers_attachments import Attachment, AttachmentStatus
from services.registry.handlers import papers as handlers
from shared.errors import Conflict, Invalid
from shared.ids import new_id
from tests.unit.registry.given import ACTS, AT, TODAY, identity, told

CHILD = new_id()


def work(**changes):
    made = domain.IdentityWork.opened(
        new_id(), CHILD, "BIRTH_REGISTRATION", owner="registrar", today=TODAY, due_days=30
    )
    return replace(made, **changes)


def days(count):
    return TODAY + timedelta(days=count)


def test_identity_work_is_due_so_many_days_from_its_opening():
    assert (work().due, work().status, work().version) == (days(30), WorkStatus.OPEN, 1)


def test_a_paper_is_applied_for_and_obtained_under_a_number():
    made = work()
    made.apply(on=days(-5), office="court", today=TODAY)
    made.obtain(on=TODAY, number="I-KZ 7", today=TODAY)
    assert (made.status, made.applied_on, made.ended_on) == (WorkStatus.OBTAINED, days(-5), TODAY)
    assert (made.office, made.number, made.version) == ("court", "I-KZ 7", 3)


def test_a_paper_may_turn_up_without_an_application_but_nobody_refuses_what_nobody_asked_for():
    made = work()
    with pytest.raises(Conflict) as refused:
        made.refuse(on=TODAY, words="no", today=TODAY)
    assert (refused.value.field, refused.value.rule) == ("status", "work-status")
    made.obtain(on=TODAY, number="", today=TODAY)


@pytest.mark.parametrize("end", ["obtain", "refuse", "drop"])
def test_what_has_ended_stays_ended(end):
    said = {"number": "1"} if end == "obtain" else {"words": "x"}
    made = work()
    made.apply(on=TODAY, office="", today=TODAY)
    getattr(made, end)(on=TODAY, today=TODAY, **said)
    for again, given in (("obtain", {"number": ""}), ("drop", {"words": ""})):
        with pytest.raises(Conflict):
            getattr(made, again)(on=TODAY, today=TODAY, **given)
    with pytest.raises(Conflict):
        made.hand_to("colleague")
    assert set(domain.WORK_TRANSITIONS) == set(WorkStatus)


def test_nothing_happens_in_the_future_or_before_it_was_applied_for():
    made = work()
    with pytest.raises(Invalid) as refused:
        made.apply(on=days(1), office="", today=TODAY)
    assert (refused.value.field, refused.value.rule) == ("on", "not-in-the-future")
    made.apply(on=TODAY, office="", today=TODAY)
    with pytest.raises(Invalid) as early:
        made.obtain(on=days(-1), number="", today=TODAY)
    assert (early.value.rule, made.status) == ("ends-before-it-begins", WorkStatus.APPLIED)


def test_work_is_told_overdue_once_after_its_day_and_not_when_it_has_ended():
    made, later = work(), AT + timedelta(days=31)
    assert not made.tell_overdue(AT, days(30))
    assert made.tell_overdue(later, days(31))
    assert not made.tell_overdue(later, days(32))
    assert told(made) == [domain.IdentityWorkOverdue(CHILD, made.id, "BIRTH_REGISTRATION", days(30), "supervisor")]
    done = work()
    done.obtain(on=TODAY, number="", today=TODAY)
    assert not done.tell_overdue(later, days(31))


@pytest.mark.parametrize(
    ("changes", "kinds"),
    [
        ({}, ()),
        ({"civil_registration": CivilRegistration("REGISTERED", "1")}, ()),
        ({"civil_registration": CivilRegistration("APPLIED_FOR")}, ()),
        ({"civil_registration": CivilRegistration("NOT_REGISTERED")}, ("BIRTH_REGISTRATION",)),
        ({"civil_registration": CivilRegistration("UNKNOWN")}, ("BIRTH_REGISTRATION",)),
        ({"names": ()}, ("FOUNDLING_REPORT",)),
        ({"found": Found(TODAY, TODAY, "KZ-75", "POLICE")}, ("FOUNDLING_REPORT",)),
        (
            {"names": (), "civil_registration": CivilRegistration("NOT_REGISTERED")},
            ("BIRTH_REGISTRATION", "FOUNDLING_REPORT"),
        ),
    ],
)
def test_the_record_says_which_papers_a_child_lacks_and_silence_says_nothing(changes, kinds):
    assert domain.wanted(identity(**changes)) == kinds


def line(**changes):
    return replace(domain.ChildDocument(new_id(), CHILD, "BIRTH_RECORD", DocumentState.MISSING, TODAY), **changes)


STATED = {"since": TODAY, "today": TODAY, "attachment": None, "number": "", "issuer": "", "issued_on": None}


@pytest.mark.parametrize(
    ("given", "field"),
    [({"attachment": new_id()}, "attachment"), ({"number": "1"}, "number"), ({"issued_on": TODAY}, "issued_on")],
)
@pytest.mark.parametrize("state", [DocumentState.MISSING, DocumentState.APPLIED_FOR])
def test_only_a_paper_that_is_held_has_a_file_and_a_number(state, given, field):
    document = line()
    with pytest.raises(Invalid) as refused:
        document.state_(state, **STATED | given)
    assert (refused.value.field, refused.value.rule, document.version) == (field, "document-held", 0)
    document.state_(DocumentState.HELD, **STATED | given)
    assert document.version == 1


@pytest.mark.parametrize("field", ["since", "issued_on"])
def test_a_paper_is_neither_held_nor_issued_in_the_future(field):
    with pytest.raises(Invalid) as refused:
        line().state_(DocumentState.HELD, **STATED | {field: days(1)})
    assert (refused.value.field, refused.value.rule) == (field, "not-in-the-future")


def test_a_file_that_is_taken_out_leaves_the_paper_held():
    document = line()
    document.state_(DocumentState.HELD, **STATED | {"attachment": new_id(), "number": "1"})
    document.lose_file()
    assert (document.state, document.attachment, document.number) == (DocumentState.HELD, None, "1")


def attachment(**changes):
    made = Attachment(
        new_id(), 1, CHILD, "PHOTO", "image/jpeg", 10, "CONSENT", "registrar", AT, "a.jpg", "0" * 64, content=b"x"
    )
    return replace(made, **changes)


def test_a_photograph_is_a_picture_taken_before_now():
    attachment().check(TODAY)
    for wrong, told_ in (({"media_type": "application/pdf"}, "kind"), ({"taken_on": days(1)}, "taken_on")):
        with pytest.raises(Invalid) as refused:
            attachment(**wrong).check(TODAY)
        assert refused.value.field == told_


def test_a_file_entered_in_error_loses_its_content_and_only_once():
    file = attachment()
    file.withdraw("WRONG_CHILD")
    assert (file.status, file.content, file.version) == (AttachmentStatus.WITHDRAWN, None, 2)
    with pytest.raises(Conflict):
        file.withdraw("WRONG_CHILD")


class Fake:
    """The collections that these handlers use, in lists; also the unit of work itself."""

    def __init__(self, children=()):
        self.kept, self.children, self.marked, self.told = [], list(children), None, []
        self.works = self.documents = self.notices = self

    def work_due_days(self, kind):
        return 30

    def add(self, thing):
        self.kept.append(thing)

    def open_of(self, child, kind):
        return next((w.id for w in self.kept if (w.child, w.kind) == (child, kind) and w.ended_on is None), None)

    def ever_of(self, child, kind):
        return any((each.child, each.kind) == (child, kind) for each in self.kept)

    def of(self, child, kind):
        return next((d for d in self.kept if (d.child, d.kind) == (child, kind)), None)

    def new_children(self, before, limit):
        self.asked = before
        return self.children

    def looked_through(self, last):
        self.marked = last

    def overdue(self, today, limit):
        return list(self.kept)

    def tell(self, *notice):
        self.told.append(notice)


def test_children_are_looked_through_once_their_registration_is_certainly_there():
    nameless = domain.NewChild(new_id(), identity(names=()), "clerk")
    known = domain.NewChild(new_id(), identity(), "clerk")
    uow = Fake([nameless, known])
    assert handlers.open_wanted_work(uow, AT, TODAY) == 2
    assert [(each.child, each.kind, each.owner) for each in uow.kept] == [(nameless.id, "FOUNDLING_REPORT", "clerk")]
    assert (uow.marked, uow.asked) == (known.id, AT - timedelta(minutes=10))
    uow.kept[0].drop(on=TODAY, words="has a name now", today=TODAY)
    handlers.open_wanted_work(uow, AT, TODAY)
    assert len(uow.kept) == 1  # what a person has ended is not opened again by itself
    assert handlers.open_wanted_work(Fake(), AT, TODAY) == 0


def test_who_answers_for_overdue_work_is_told():
    uow = Fake()
    late = work(due=date(2020, 1, 1))
    uow.kept = [late, work()]
    assert handlers.tell_overdue_work(uow, datetime(2026, 3, 1, tzinfo=UTC), TODAY) == 1
    assert uow.told == [("registrar", "identity-work-overdue", late.id)]


def test_one_kind_of_work_is_open_once_and_its_day_may_be_said():
    uow = Fake()
    asked = {"child": CHILD, "kind": "NATIONALITY", "owner": "registrar"} | ACTS
    made = handlers.open_identity_work(uow, commands.OpenIdentityWork(id=new_id(), due=days(3), **asked))
    assert made.due == days(3)
    with pytest.raises(Conflict) as again:
        handlers.open_identity_work(uow, commands.OpenIdentityWork(id=new_id(), due=None, **asked))
    assert again.value.rule == "one-open-work"
    with pytest.raises(Invalid) as past:
        handlers.open_identity_work(
            uow, commands.OpenIdentityWork(id=new_id(), due=days(-1), **asked | {"kind": "IDENTITY_DOCUMENT"})
        )
    assert past.value.field == "due"
