"""A deployment whose handlers refuse, wait or fail as a test says, for tests of parked events. In process."""

from collections import Counter
from uuid import uuid4

import pytest
from sqlalchemy import text

from shared import db, event_log
from shared.errors import Refused
from shared.happening import touching
from shared.stream.applier import HandlerApplier
from tests.integration import staged
from tests.integration.staged import entry

REGISTRY, PLACEMENTS = "urn:kinward:kz:registry", "urn:kinward:kz:placements"


class Uow:
    """What handlers of these tests write with: one row in `seen` for each event."""

    def __init__(self, engine):
        self.session = db.new_session(engine)
        self.commit, self.rollback, self.close = self.session.commit, self.session.rollback, self.session.close

    def expect(self, subjects):
        self.expected = subjects

    def caused_by(self, event):
        self.event = event

    def see(self, event):
        values = {"id": str(event.id), "source": event.source, "sequence": event.sequence}
        self.session.execute(text("INSERT INTO seen (id, source, sequence) VALUES (:id, :source, :sequence)"), values)


class Parking(staged.InProcess, staged.Stage):
    """A deployment whose handlers are changed by tests."""

    @pytest.fixture(autouse=True)
    def prepared(self, kz):
        self.prepare(kz)

    def prepare(self, kz):
        kz.wrong = set()
        kz.consumer.close()
        engine = kz.engines["reporting"]

        @touching("other")
        def handle(uow, event):
            if event.sequence in kz.wrong:
                uow.see(event)  # what was done before the refusal must be undone
                raise Refused("no", rule="some-rule")
            waits = kz.waits(uow, event)
            if waits is not None:
                return waits
            return uow.see(event)

        kz.waits = lambda uow, event: None
        handlers = {"registry.thing-made.v1": handle, "placements.thing-made.v1": handle}
        kz.applier = HandlerApplier("reporting", lambda: Uow(engine), handlers)
        kz.consumer = staged.Consumer(engine, kz.broker, "kz", "reporting", sources=kz.SOURCES, applier=kz.applier)
        kz.consumer.turn(0)

    def parked(self, kz):
        rows = kz.sql("reporting", "SELECT source, sequence, kind FROM parked_event ORDER BY place")
        return [(source.rsplit(":", 1)[-1], sequence, kind) for source, sequence, kind in rows]

    def write(self, kz, service, *subjects, **data):
        with kz.engines[service].begin() as connection:
            return event_log.append(
                connection, [changed(entry(service), subject=subject, data=data) for subject in subjects]
            )

    def through(self, kz):
        heads = {name: len(places) for name, places in kz.written().items()}
        marks = dict(kz.sql("reporting", "SELECT source, sequence FROM watermark"))
        return all(marks[f"urn:kinward:kz:{name}"] == head for name, head in heads.items())

    def flow(self, kz):
        kz.turns(lambda: self.through(kz))

    def journal(self, kz):
        rows = kz.sql("reporting", "SELECT source, first, last, ids FROM applied_run ORDER BY place")
        return Counter(id_ for row in rows for id_ in row.ids)


def changed(new, *, subject, data):
    return event_log.NewEvent(
        id=uuid4(),
        type=new.type,
        subject=subject,
        time=new.time,
        data={"child": str(subject), **data},
        subject_version=1,
        correlation_id=uuid4(),
        causation_id=None,
    )
