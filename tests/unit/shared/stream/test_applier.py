import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import pytest

from shared import logs
from shared.envelope import Event
from shared.errors import Refused
from shared.stream.applier import HandlerApplier


@dataclass
class Session:
    def connection(self):
        return "connection"


@dataclass
class FakeUnitOfWork:
    session: Session = field(default_factory=Session)
    did: list = field(default_factory=list)

    def expect(self, subjects):
        self.expected = subjects

    def caused_by(self, event):
        self.did.append(("cause", event.sequence))

    def commit(self):
        self.did.append("commit")

    def rollback(self):
        self.did.append("rollback")

    def close(self):
        self.did.append("close")


def event(sequence, type="registry.thing-made.v1", data=()):
    return Event(
        id=UUID(int=sequence),
        source="urn:kinward:kz:registry",
        type=type,
        subject=UUID(int=1),
        time=datetime(2011, 10, 31, tzinfo=UTC),
        data=None if data is None else dict(data),
        epoch=UUID(int=7),
        sequence=sequence,
        subject_version=1,
        correlation_id=UUID(int=1),
        causation_id=None,
    )


def handle(uow, event):
    uow.did.append(("handle", event.sequence))


def refuse(uow, event):
    raise Refused


@pytest.fixture
def uow():
    return FakeUnitOfWork()


def applier(uow, handler):
    return HandlerApplier("reporting", lambda: uow, {"registry.thing-made.v1": handler})


def test_each_event_is_handled_as_the_cause_of_what_follows_and_all_are_committed_once(uow):
    with applier(uow, handle).transaction() as work:
        assert work.connection == "connection"
        work.apply([event(1), event(2)])
    assert uow.did == [("cause", 1), ("handle", 1), ("cause", 2), ("handle", 2), "commit", "close"]


def test_types_without_a_handler_and_erased_events_are_passed_over(uow):
    with applier(uow, handle).transaction() as work:
        work.apply([event(1, type="registry.other-made.v1"), event(2, data=None)])
    assert uow.did == ["commit", "close"]


def test_a_handler_that_refuses_rolls_the_whole_batch_back(uow):
    with pytest.raises(Refused), applier(uow, refuse).transaction() as work:
        work.apply([event(1)])
    assert uow.did == [("cause", 1), "rollback", "close"]


def test_what_a_handler_logs_carries_the_event_s_ids_and_so_does_its_failure(caplog):
    seen = []

    def fails(uow, event):
        seen.append(logs.JsonLines().format(logging.makeLogRecord({"msg": "within", "name": "kinward.test"})))
        raise ValueError

    made = event(1)
    applier = HandlerApplier("toys", FakeUnitOfWork, {made.type: fails})
    with caplog.at_level("WARNING"), pytest.raises(ValueError), applier.transaction() as work:
        work.apply([made])
    assert str(made.id) in seen[0] and str(made.correlation_id) in seen[0]
    assert [record.message for record in caplog.records] == ["event not handled"]
