"""Spans: off until somebody takes them, in their place, with nothing said that is not allowed."""

import subprocess
import sys
from contextlib import contextmanager
from uuid import UUID, uuid4

import pytest

from shared import config, envelope, telemetry
from shared.errors import ConfigurationError
from shared.event_log import NewEvent
from shared.telemetry import Kind, Place, Span, events, otlp


class Kept:
    """Takes spans and keeps them."""

    def __init__(self):
        self.spans, self.closed = [], False

    def record(self, span):
        self.spans.append(span)

    def close(self):
        self.closed = True


@contextmanager
def kept():
    made = Kept()
    telemetry.install(made)
    try:
        yield made
    finally:
        telemetry.uninstall()
        telemetry.enter(None)
    assert made.closed


def an_event(cause=None, trace=None):
    return NewEvent(uuid4(), "registry.child-registered.v1", uuid4(), None, {}, 1, trace or uuid4(), cause)


def test_nothing_is_told_or_kept_where_nobody_takes_spans():
    assert not telemetry.on()
    with telemetry.within("work", Kind.INTERNAL, {}) as place:
        assert place is None
    assert telemetry.current() is None


def test_opentelemetry_is_imported_only_where_it_is_switched_on():
    code = "import sys, shared.telemetry.otlp, shared.http, shared.event_log.relay, shared.stream.batch; "
    code += "assert not [each for each in sys.modules if each.startswith(('opentelemetry', 'google.protobuf'))]"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_spans_within_each_other_are_of_one_trace():
    with kept() as made, telemetry.within("outer", Kind.SERVER, {}) as outer:
        with telemetry.within("inner", Kind.CLIENT, {}) as inner:
            assert telemetry.read(inner.traceparent) == inner
        assert telemetry.current() == outer
    assert [(span.name, span.parent, span.place.trace) for span in made.spans] == [
        ("inner", outer.span, outer.trace),
        ("outer", None, outer.trace),
    ]


def test_a_block_that_fails_is_told_as_failed():
    with kept() as made, pytest.raises(ZeroDivisionError), telemetry.within("work", Kind.INTERNAL, {}):
        1 / 0  # noqa: B018 (it is what fails)
    assert made.spans[0].failed


@pytest.mark.parametrize(
    "header",
    ["", "00-0-0-01", f"00-{'0' * 32}-{'1' * 16}-01", f"00-{'1' * 32}-{'0' * 16}-01", f"ff-{'g' * 32}-{'1' * 16}-01"],
)
def test_a_header_that_says_nothing_begins_a_new_trace(header):
    assert telemetry.read(header) is None


def test_what_is_not_allowed_is_not_said():
    said = {
        "http.route": "/children/<uuid:child>",
        "child": "x",
        "http.request.method": "Зарина",
        "server.service": "a b",
    }
    with kept() as made:
        telemetry.record(Span("x", Kind.SERVER, Place(uuid4(), 1), None, 0, 1, said))
    assert made.spans[0].attributes == {"http.route": "/children/<uuid:child>"}


def test_an_event_hangs_below_the_request_and_what_follows_below_its_handling():
    with kept() as made, telemetry.within("POST", Kind.SERVER, {}) as request:
        told = an_event(trace=request.trace)
        events.written("registry", [told], 0)
        events.published("registry", "registry.events", [told], 0)
        events.handled("placements", "placements.inbox", [told], 0, None)
        answer = an_event(cause=told.id, trace=request.trace)
        events.written("placements", [answer], 0)
        events.handled("reporting", "reporting.inbox", [told], 0, (1, 2))
    by_id = {span.place.span: span for span in made.spans}
    above = {span.name: by_id[span.parent].name for span in made.spans if span.parent in by_id}
    assert above == {
        "registry write": "POST",
        "send registry.events": "registry write",
        "process placements.inbox": "send registry.events",
        "placements write": "process placements.inbox",
        "process reporting.inbox": "send registry.events",
        "reporting figures": "process reporting.inbox",
    }
    assert {span.place.trace for span in made.spans} == {request.trace}
    assert all(0 < span.place.span < 1 << 64 for span in made.spans)


def test_an_event_of_another_trace_does_not_hang_below_the_request():
    with kept() as made, telemetry.within("POST", Kind.SERVER, {}):
        events.written("registry", [an_event()], 0)
    assert made.spans[0].parent is None


def test_a_bulk_is_not_told_event_by_event():
    with kept() as made:
        events.written("registry", [an_event() for _ in range(telemetry.MOST + 50)], 0)
    assert len(made.spans) == telemetry.MOST


def test_a_published_event_carries_the_cloudevents_extension_and_is_read_all_the_same():
    ids = [str(uuid4()) for _ in range(4)]
    trace = telemetry.traceparent_of(ids[3], ids[1])
    parts = ("urn:kinward:kz:registry", ids[0], 1, ids[1], "registry.child-registered.v1", ids[2], 1)
    text = envelope.assemble(*parts, "2026-01-01T00:00:00.000000Z", ids[3], None, "{}", trace)
    assert f'"traceparent":"00-{UUID(ids[3]).hex}-' in text
    (event,) = envelope.decode_batch(envelope.join_batch([text]))
    assert telemetry.of_handling(telemetry.RELAY, event.id) == telemetry.read(trace).span
    assert "traceparent" not in envelope.assemble(*parts, "2026-01-01T00:00:00.000000Z", ids[3], None, "{}")


def test_an_address_that_is_none_is_refused_and_none_is_needed():
    otlp.switch_on(None, "all", "kz")
    assert not telemetry.on()
    with pytest.raises(ConfigurationError, match="not an http address"):
        otlp.switch_on("localhost:4318", "all", "kz")
    assert "KINWARD_TELEMETRY_URL" in config.VARIABLES


def test_a_missing_package_is_named_with_its_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    with pytest.raises(ConfigurationError) as refused:
        otlp.switch_on("http://127.0.0.1:4318/v1/traces", "all", "kz")
    assert "kinward[telemetry]" in refused.value.remedy
