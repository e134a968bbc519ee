"""A foreign reader of CloudEvents takes what we send, every attribute as we meant it, and we take what it writes."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from shared import envelope

OURS = envelope.Event(
    UUID(int=1),
    "urn:kinward:kz:registry",
    "registry.child-withdrawn.v1",
    UUID(int=2),
    datetime(2026, 1, 31, 9, 30, 0, 123456, tzinfo=UTC),
    {"child": str(UUID(int=2)), "reason": "duplicate"},
    UUID(int=3),
    41,
    7,
    UUID(int=4),
    UUID(int=5),
)


@pytest.fixture
def theirs():
    (sent,) = json.loads(envelope.encode_batch([OURS]))
    return JSONFormat().read(CloudEvent, json.dumps(sent))


def test_the_sdk_takes_our_event_with_every_attribute_as_we_meant_it(theirs):
    assert (theirs.get_specversion(), theirs.get_id(), theirs.get_source()) == ("1.0", str(OURS.id), OURS.source)
    assert (theirs.get_type(), theirs.get_subject(), theirs.get_time()) == (OURS.type, str(OURS.subject), OURS.time)
    assert theirs.get_data() == OURS.data
    assert theirs.get_datacontenttype() == "application/json"
    assert theirs.get_extension("sequence") == f"{OURS.sequence:020d}"
    assert theirs.get_extension("correlationid") == str(OURS.correlation_id)


def test_what_the_sdk_writes_of_it_is_the_same_event_to_us(theirs):
    (back,) = envelope.decode_batch(b"[" + JSONFormat().write(theirs) + b"]")
    assert back == OURS


def test_the_sdk_refuses_an_event_that_lacks_what_the_standard_asks():
    (sent,) = json.loads(envelope.encode_batch([OURS]))
    del sent["type"]
    with pytest.raises(Exception, match="type"):
        JSONFormat().read(CloudEvent, json.dumps(sent))
