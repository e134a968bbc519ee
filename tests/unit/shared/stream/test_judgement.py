from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest

from shared import envelope
from shared.broker import Delivery
from shared.envelope import Event, Undecodable
from shared.stream import incoming
from shared.stream.incoming import Point, Run
from shared.stream.judgement import Standing, judge, standing
from shared.stream.watermark import Mark

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
    return msgspec.structs.replace(values, **changes)


def run(first, last, **changes):
    body = envelope.encode_batch(event(n) for n in range(first, last + 1))
    previous = UUID(int=first - 1) if first > 1 else None
    return replace(Run(SOURCE, EPOCH, first, last, previous, body), **changes)


def mark(sequence, head=0):
    return Mark(SOURCE, EPOCH, sequence, UUID(int=sequence), max(head, sequence))


def tick(head, **changes):
    return run(head + 1, head, **changes)


@pytest.mark.parametrize(
    ("held", "first", "last", "expected"),
    [
        (Mark(SOURCE), 1, 3, Standing.NEXT),
        (Mark(SOURCE), 2, 3, Standing.AHEAD),
        (Mark(SOURCE), 1, 0, Standing.KNOWN),
        (Mark(SOURCE), 6, 5, Standing.AHEAD),
        (mark(5), 1, 5, Standing.KNOWN),
        (mark(5), 1, 6, Standing.NEXT),
        (mark(5), 6, 6, Standing.NEXT),
        (mark(5), 7, 7, Standing.AHEAD),
        (mark(5), 6, 5, Standing.KNOWN),
        (mark(5), 7, 6, Standing.AHEAD),
        (mark(5), 3, 2, Standing.DOUBTFUL),
    ],
)
def test_a_run_is_known_next_or_ahead(held, first, last, expected):
    assert standing(held, run(first, last)) is expected


CHILD_EPOCH = UUID(int=8)
END = Point(EPOCH, 5, UUID(int=5))


@pytest.mark.parametrize(
    ("held", "parent", "expected"),
    [
        (mark(5), END, Standing.NEXT),
        (mark(4), END, Standing.DOUBTFUL),
        (mark(6), END, Standing.DOUBTFUL),
        (replace(mark(5), event_id=UUID(int=99)), END, Standing.DOUBTFUL),
        (replace(mark(5), epoch=UUID(int=9)), END, Standing.DOUBTFUL),
        (mark(5), None, Standing.DOUBTFUL),
        (Mark(SOURCE), END, Standing.AHEAD),
        (Mark(SOURCE), None, Standing.NEXT),
    ],
)
def test_a_new_epoch_is_next_only_where_its_parent_ended(held, parent, expected):
    assert standing(held, run(1, 2, epoch=CHILD_EPOCH, parent=parent)) is expected
    assert standing(held, run(2, 2, epoch=CHILD_EPOCH)) in (Standing.DOUBTFUL, Standing.AHEAD)


def test_a_stream_that_stands_where_the_parent_ended_goes_on_with_the_new_epoch():
    marks = {SOURCE: mark(5, head=9)}
    body = envelope.encode_batch([event(1, epoch=CHILD_EPOCH), event(2, epoch=CHILD_EPOCH)])
    judgement = judge(marks, [run(1, 2, epoch=CHILD_EPOCH, parent=END, body=body)])
    assert [each.epoch for each in judgement.fresh] == [CHILD_EPOCH, CHILD_EPOCH]
    assert marks[SOURCE] == Mark(SOURCE, CHILD_EPOCH, 2, UUID(int=2), 2)


def test_a_tick_of_another_event_at_the_watermark_is_doubtful():
    assert standing(mark(5), tick(5, previous_id=UUID(int=98))) is Standing.DOUBTFUL


def test_only_the_answer_to_the_very_watermark_says_that_it_is_not_known():
    answer = tick(3, unknown=Point(EPOCH, 5, UUID(int=5)))
    assert standing(mark(5), answer) is Standing.FORKED
    assert standing(mark(6), answer) is Standing.KNOWN
    assert standing(replace(mark(5), event_id=UUID(int=99)), answer) is Standing.KNOWN


@pytest.mark.parametrize(
    "another",
    [
        run(6, 6, previous_id=UUID(int=98)),
        run(4, 6, body=envelope.encode_batch([event(4), event(5, id=UUID(int=98)), event(6)])),
    ],
)
def test_another_event_at_the_watermark_may_be_late_and_is_doubtful(another):
    marks = {SOURCE: mark(5)}
    judgement = judge(marks, [another])
    assert (judgement.doubtful, judgement.fresh, marks[SOURCE].stopped) == ({SOURCE: 1}, [], None)


def test_a_fork_stops_its_source_alone():
    other = "urn:kinward:kz:placements"
    marks = {SOURCE: mark(5), other: Mark(other)}
    body = envelope.encode_batch([event(1, source=other)])
    answer = tick(3, unknown=Point(EPOCH, 5, UUID(int=5)))
    judgement = judge(marks, [answer, run(6, 6), run(1, 1, source=other, body=body)])
    assert (judgement.forked, judgement.dropped) == ({SOURCE}, {SOURCE: 1})
    assert [each.source for each in judgement.fresh] == [other]
    assert (marks[SOURCE].stopped, marks[SOURCE].sequence) == ("forked", 5)


def test_a_body_that_cannot_be_decoded_moves_nothing_and_the_rest_goes_on():
    marks = {SOURCE: mark(5)}
    judgement = judge(marks, [run(6, 7, body=b"nonsense"), run(6, 6)])
    assert list(judgement.undecodable) == [SOURCE]
    assert marks[SOURCE] == mark(6, head=7)


@pytest.mark.parametrize(("most", "taken", "cut"), [(1, [6], True), (3, [6, 7, 8], True), (4, [6, 7, 8, 9], False)])
def test_no_more_is_taken_than_was_allowed_for(most, taken, cut):
    marks = {SOURCE: mark(5)}
    judgement = judge(marks, [run(6, 7), run(8, 9)], most)
    assert ([each.sequence for each in judgement.fresh], judgement.cut) == (taken, cut)
    assert marks[SOURCE].sequence == taken[-1]


def test_overlapping_runs_bring_each_event_once():
    marks = {SOURCE: mark(2)}
    judgement = judge(marks, [run(1, 4), run(3, 6), run(6, 6), run(9, 9), run(7, 7)])
    assert [each.sequence for each in judgement.fresh] == [3, 4, 5, 6, 7]
    assert (judgement.skipped, judgement.gaps) == ({SOURCE: 1}, {SOURCE: 1})
    assert marks[SOURCE] == mark(7, head=9)


def test_what_is_known_or_ahead_is_not_even_decoded():
    marks = {SOURCE: mark(5)}
    judge(marks, [run(1, 5, body=b"nonsense"), run(8, 9, body=b"nonsense")])
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


def test_headers_tell_the_parent_of_an_epoch_and_what_is_not_known():
    headers = HEADERS | {"previousid": str(UUID(int=5)), "parentepoch": str(EPOCH), "parentlast": 5}
    assert incoming.read_headers(Delivery("", 1, b"", headers, False)).parent == END
    asked = HEADERS | {"askedepoch": "", "askedafter": 0, "askedid": ""}
    assert incoming.read_headers(Delivery("", 1, b"", asked, False)).unknown == Point(None, 0, None)


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
