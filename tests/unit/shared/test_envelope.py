import json
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from shared import envelope
from shared.envelope import Event
from shared.errors import Invalid

OPTIONAL = ("causationid", "data", "datacontenttype")


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


SOUND = envelope.to_cloudevent(event())


def body(**changes):
    """A batch of one event whose attributes are changed; one changed to ... is left out."""
    attributes = {name: value for name, value in (SOUND | changes).items() if value is not ...}
    return json.dumps([attributes]).encode()


@pytest.mark.parametrize("nonsense", [b"", b"\xff", b"Aizhan", b'[{"id":"Aizhan', b'[{"id":NaN}]'])
def test_what_is_no_json_is_refused(nonsense):
    with pytest.raises(envelope.Undecodable) as refused:
        envelope.decode_batch(nonsense)
    assert (refused.value.field, refused.value.rule) == (None, "json")


@pytest.mark.parametrize(
    "strange", [b"{}", b"[1]", b"[{}]", b'"Aizhan"', *(body(**{name: ...}) for name in SOUND if name not in OPTIONAL)]
)
def test_what_is_no_batch_or_lacks_an_attribute_is_refused(strange):
    with pytest.raises(envelope.Undecodable) as refused:
        envelope.decode_batch(strange)
    assert (refused.value.field, refused.value.rule) == (None, "cloudevents-1.0")


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("specversion", "Aizhan", "cloudevents-1.0"),
        ("specversion", "0.3", "cloudevents-1.0"),
        ("specversion", 1.0, "cloudevents-1.0"),
        ("id", "Aizhan", "cloudevents-1.0"),
        ("subject", None, "cloudevents-1.0"),
        ("source", 7, "cloudevents-1.0"),
        ("subjectversion", "3", "cloudevents-1.0"),
        ("sequence", 3, "cloudevents-1.0"),
        ("sequence", "Aizhan", "cloudevents-1.0"),
        ("time", "2011-10-31T12:00:00", "rfc-3339"),
        ("time", "Aizhan", "rfc-3339"),
        ("data", "Aizhan", "json-object"),
        ("data", ["Aizhan"], "json-object"),
    ],
)
def test_a_malformed_attribute_is_named_and_its_value_is_not_quoted(field, value, rule):
    for read in (envelope.decode_batch, lambda raw: envelope.from_cloudevent(json.loads(raw)[0])):
        with pytest.raises(envelope.Undecodable) as refused:
            read(body(**{field: value}))
        assert (refused.value.field, refused.value.rule) == (field, rule)
        assert "Aizhan" not in str(refused.value)
        # Neither as cause nor as context: a log that prints the chain would print the value.
        assert refused.value.__cause__ is None and refused.value.__context__ is None


def test_a_zone_other_than_utc_is_the_same_instant():
    (read,) = envelope.decode_batch(body(time="2011-10-31T18:00:00.000005+06:00"))
    assert read == event()


def test_what_an_event_says_beyond_our_attributes_is_passed_over():
    (read,) = envelope.decode_batch(body(traceparent="Aizhan", dataschema={"any": ["thing"]}))
    assert read == event()


@pytest.mark.parametrize("name", ["", "KZ", "kz:hub", 'kz"', "a" * 64])
def test_a_source_is_made_of_plain_names_only(name):
    with pytest.raises(Invalid):
        envelope.source_urn(name, "registry")


def test_a_source_names_deployment_and_service():
    assert envelope.source_urn("pk-pb", "social_work") == "urn:kinward:pk-pb:social_work"
