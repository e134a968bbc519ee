from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from shared import envelope
from shared.broker import Delivery
from shared.envelope import Event, Undecodable
from shared.stream import incoming, watermark
from shared.stream.incoming import Run
from shared.stream.watermark import EpochChanged, Forked, Mark, Place

SOURCE = "urn:kinward:kz:registry"
EPOCH = UUID(int=7)


def event(sequence, **changes):
    values = Event(
        id=UUID(int=sequence),
        source=SOURCE,
        type="registry.thing-made.v1",
        subject=UUID(int=1),
        time=datetime(2011, 10, 31, tzinfo=UTC),
        data={},
        epoch=EPOCH,
        sequence=sequence,
        subject_version=1,
        correlation_id=UUID(int=1),
        causation_id=None,
    )
    return replace(values, **changes)


def run(first, last, **changes):
    body = envelope.encode_batch(event(n) for n in range(first, last + 1))
    previous = UUID(int=first - 1) if first > 1 else None
    return replace(Run(SOURCE, EPOCH, first, last, previous, body), **changes)


def mark(sequence, head=0):
    return Mark(SOURCE, EPOCH, sequence, UUID(int=sequence), max(head, sequence))


@pytest.mark.parametrize(
    ("held", "first", "last", "expected"),
    [
        (Mark(SOURCE), 1, 3, Place.NEXT),
        (Mark(SOURCE), 2, 3, Place.AHEAD),
        (Mark(SOURCE), 1, 0, Place.KNOWN),
        (mark(5), 1, 5, Place.KNOWN),
        (mark(5), 1, 6, Place.NEXT),
        (mark(5), 6, 6, Place.NEXT),
        (mark(5), 7, 7, Place.AHEAD),
        (mark(5), 6, 5, Place.KNOWN),
        (mark(5), 7, 6, Place.AHEAD),
        (mark(5), 3, 2, Place.KNOWN),
    ],
)
def test_a_run_is_known_next_or_ahead(held, first, last, expected):
    assert watermark.place(held, run(first, last)) is expected


def test_another_epoch_cannot_be_placed():
    with pytest.raises(EpochChanged):
        watermark.place(mark(5), run(6, 6, epoch=UUID(int=8)))


@pytest.mark.parametrize("held", [mark(5), replace(mark(5), event_id=UUID(int=99))])
def test_another_event_before_the_next_is_a_fork(held):
    with pytest.raises(Forked):
        watermark.place(held, run(6, 6, previous_id=UUID(int=98)))


def test_overlapping_runs_bring_each_event_once():
    marks = {SOURCE: mark(2)}
    judgement = watermark.judge(marks, [run(1, 4), run(3, 6), run(6, 6), run(9, 9), run(7, 7)])
    assert [each.sequence for each in judgement.fresh] == [3, 4, 5, 6, 7]
    assert (judgement.skipped, judgement.gaps) == ({SOURCE: 1}, {SOURCE: 1})
    assert marks[SOURCE] == mark(7, head=9)


def test_what_is_known_or_ahead_is_not_even_decoded():
    marks = {SOURCE: mark(5)}
    watermark.judge(marks, [run(1, 5, body=b"nonsense"), run(8, 9, body=b"nonsense")])
    assert marks[SOURCE] == mark(5, head=9)


@pytest.mark.parametrize(
    "wrong",
    [
        run(1, 2, body=b"nonsense"),
        run(1, 3, body=run(1, 2).body),
        run(1, 2, body=run(2, 3).body),
        run(1, 1, body=envelope.encode_batch([event(1, source="urn:kinward:uz:registry")])),
        run(1, 1, body=envelope.encode_batch([event(1, epoch=UUID(int=8))])),
    ],
)
def test_a_body_that_contradicts_its_headers_is_refused(wrong):
    with pytest.raises(Undecodable):
        wrong.events()


HEADERS = {"source": SOURCE, "epoch": str(EPOCH), "first": 1, "last": 2, "previousid": ""}


def test_headers_tell_the_place():
    delivery = Delivery("reporting.inbox", 1, run(1, 2).body, HEADERS, False)
    assert incoming.read_headers(delivery) == run(1, 2)


@pytest.mark.parametrize(
    "change",
    [{"first": 0}, {"first": "1"}, {"last": -1}, {"first": 4}, {"epoch": "x"}, {"previousid": "x"}, {"last": None}],
)
def test_headers_that_tell_no_place_are_refused(change):
    with pytest.raises(Undecodable):
        incoming.read_headers(Delivery("reporting.inbox", 1, b"[]", HEADERS | change, False))


@pytest.mark.parametrize("missing", list(HEADERS))
def test_missing_headers_are_refused(missing):
    headers = {name: value for name, value in HEADERS.items() if name != missing}
    with pytest.raises(Undecodable):
        incoming.read_headers(Delivery("reporting.inbox", 1, b"[]", headers, False))
