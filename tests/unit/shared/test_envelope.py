import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from shared import envelope
from shared.envelope import Event
from shared.errors import Invalid


def event(sequence=1, **changes):
    values = {
        "id": UUID(int=sequence),
        "source": "urn:kinward:kz:registry",
        "type": "registry.child-registered.v1",
        "subject": UUID(int=1000 + sequence),
        "time": datetime(2011, 10, 31, 12, 0, 0, 5, tzinfo=UTC),
        "data": {"child": str(UUID(int=1000 + sequence)), "sex": "F"},
        "epoch": UUID(int=7),
        "sequence": sequence,
        "subject_version": 3,
        "correlation_id": UUID(int=8),
        "causation_id": UUID(int=9),
    }
    return Event(**(values | changes))


def test_a_batch_reads_back_as_it_was_written():
    events = [event(1), event(2, causation_id=None), event(3, data=None), event(4, data={})]
    assert envelope.decode_batch(envelope.encode_batch(events)) == events


def test_assembling_text_says_the_same_as_writing_the_attributes_one_by_one():
    events = [
        event(1),
        event(2, causation_id=None),
        event(3, data=None),
        event(4, data={"letters": 'қазақ "quoted" \\'}),
    ]
    slow = [envelope.to_cloudevent(each) for each in events]
    assert json.loads(envelope.encode_batch(events)) == json.loads(json.dumps(slow))


def test_the_sequence_is_written_so_that_text_order_is_number_order():
    assert envelope.to_cloudevent(event(42))["sequence"] == "00000000000000000042"


def test_time_goes_out_in_utc_with_microseconds():
    almaty = datetime(2011, 10, 31, 18, 0, tzinfo=timezone(timedelta(hours=6)))
    assert envelope.to_cloudevent(event(time=almaty))["time"] == "2011-10-31T12:00:00.000000Z"


def test_an_erased_event_has_no_data_at_all():
    attributes = envelope.to_cloudevent(event(data=None))
    assert "data" not in attributes
    assert envelope.from_cloudevent(attributes).data is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"{}",
        b"[1]",
        b"[{}]",
        json.dumps([envelope.to_cloudevent(event()) | {"id": "Aizhan"}]).encode(),
        json.dumps([envelope.to_cloudevent(event()) | {"specversion": "0.3"}]).encode(),
        json.dumps([envelope.to_cloudevent(event()) | {"time": "2011-10-31T12:00:00"}]).encode(),
        json.dumps([envelope.to_cloudevent(event()) | {"data": "Aizhan"}]).encode(),
    ],
)
def test_what_is_no_batch_is_refused_without_quoting_it(body):
    with pytest.raises(envelope.Undecodable) as refused:
        envelope.decode_batch(body)
    assert "Aizhan" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("name", ["", "KZ", "kz:hub", 'kz"', "a" * 64])
def test_a_source_is_made_of_plain_names_only(name):
    with pytest.raises(Invalid):
        envelope.source_urn(name, "registry")


def test_a_source_names_deployment_and_service():
    assert envelope.source_urn("pk-pb", "social_work") == "urn:kinward:pk-pb:social_work"
