"""What becomes of events on the wire: whatever they hold, they come out as they went in, in order.

Not here: what happens to messages on the way (test_stream_machine).
"""

from datetime import datetime, timedelta, timezone
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from shared import envelope
from shared.envelope import Event
from shared.event_log import packing
from shared.event_log.log import Written

EPOCH = UUID(int=7)
SOURCE = "urn:kinward:kz:registry"


def id_at(sequence):
    return str(UUID(int=sequence)) if sequence else ""


@settings(deadline=None)
@given(st.lists(st.integers(0, 300_000), max_size=12), st.integers(0, 5))
def test_packing_keeps_every_event_in_order_within_the_limits(sizes, after):
    events = [Written(after + n, id_at(after + n), '"' + "x" * size + '"') for n, size in enumerate(sizes, 1)]
    packed = list(packing.pack(events, id_at(after), source=SOURCE, epoch=EPOCH))
    previous, next_ = id_at(after), after + 1
    for message in packed:
        first, last = message.headers["first"], message.headers["last"]
        assert (first, message.headers["previousid"]) == (next_, previous)
        assert message.body == envelope.join_batch(events[n - after - 1].text for n in range(first, last + 1))
        assert len(message.body) <= packing.MOST_BYTES or first == last
        next_, previous = last + 1, id_at(last)
    assert next_ == after + len(sizes) + 1


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


# Not the named zones: Python holds an hour that a zone's clocks showed twice to be equal to nothing (PEP 495).
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@settings(deadline=None)
@given(
    st.builds(
        Event,
        id=st.uuids(),
        source=st.just(SOURCE),
        type=st.just("registry.thing-made.v1"),
        subject=st.uuids(),
        time=st.datetimes(datetime(1900, 1, 1), datetime(2199, 1, 1), timezones=offsets),
        data=st.none() | st.dictionaries(st.text(max_size=5), json_values, max_size=4),
        epoch=st.uuids(),
        sequence=st.integers(1, 2**63 - 1),
        subject_version=st.integers(0, 2**31 - 1),
        correlation_id=st.uuids(),
        causation_id=st.none() | st.uuids(),
    )
)
def test_any_event_survives_the_wire(event):
    assert envelope.decode_batch(envelope.encode_batch([event])) == [event]
    assert envelope.from_cloudevent(envelope.to_cloudevent(event)) == event
