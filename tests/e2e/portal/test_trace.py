"""One trace from the click to the figure: real browser, portal and services, spans as a collector gets them by OTLP.

The service that publishes and the one that counts are processes of their own, with RabbitMQ between them.
"""

import json
import re
import threading
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from kombu import Connection, Exchange, Queue
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from services.cli.demo import people as demo_people
from shared import countries, telemetry
from tests.e2e import running
from tests.e2e.portal.portals import ROOT, Rig, serve_portal

pytestmark = pytest.mark.browser

FAMILY, GIVEN, DAY = "Tulegenova", "Raushan", ("2012", "4", "27")
CHAIN = (
    "reporting figures",
    "process reporting.inbox",
    "send registry.events",
    "registry write",
    "POST /registry/children",
    "POST registry",
    "POST /children/new",
)
"""From the figure back to the click, each below the next."""


class Collector:
    """Takes what is sent by OTLP over HTTP."""

    def __init__(self):
        self.raw, self.spans, self.lock = [], [], threading.Lock()

    def take(self, body):
        request = ExportTraceServiceRequest.FromString(body)
        with self.lock:
            self.raw.append(body)
            for part in request.resource_spans:
                of = {each.key: each.value.string_value for each in part.resource.attributes}
                self.spans += [(of["service.name"], span) for scope in part.scope_spans for span in scope.spans]

    def named(self, name, event=None):
        """Spans of a name, and of an event's type where one is given."""
        with self.lock:
            found = [span for _, span in self.spans if span.name == name]
        return [span for span in found if event is None or said(span).get("kinward.event.type") == event]

    def of(self, trace):
        with self.lock:
            return [(process, span) for process, span in self.spans if span.trace_id == trace]


def said(span):
    return {each.key: each.value.string_value or each.value.int_value for each in span.attributes}


@contextmanager
def collecting():
    collector = Collector()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            collector.take(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield collector, f"http://127.0.0.1:{server.server_address[1]}/v1/traces"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def traced(url, amqp_uri, new_database):
    """Registry, reporting and the portal, each a process; nobody needs the other services for this."""
    port, registry, reporting = (running.free_port() for _ in range(3))
    databases = ("registry", "placements", "social_work", "reporting", "portal")
    settings = {f"{name.upper()}_DATABASE_URL": new_database() for name in databases} | {
        "PACK": "kz", "DEMO": "1", "AMQP_URI": amqp_uri, "TELEMETRY_URL": url, "PORTAL_HTTP": f"127.0.0.1:{port}",
        "REGISTRY_URL": f"http://127.0.0.1:{registry}", "REPORTING_URL": f"http://127.0.0.1:{reporting}",
    }  # fmt: skip
    with running.home() as home, running.deployment(home, "kz", **settings) as deployment:
        demo_people.write(deployment.folder, countries.load("kz", ROOT / "countries"))
        deployment.kinward("keys", "init")
        deployment.kinward("migrate")
        started = [deployment.start("reporting", port=reporting), deployment.start("registry", port=registry)]
        for each in started:
            running.await_ready(each)
        serve_portal(deployment, port)
        yield Rig(f"http://127.0.0.1:{port}", deployment)


@contextmanager
def overhearing(amqp_uri):
    """What registry publishes, as it is on the wire: CloudEvents."""
    heard = []

    def hear(body, message):
        heard.extend(json.loads(body))
        message.ack()

    with Connection(amqp_uri) as connection, connection.channel() as channel:
        exchange = Exchange("registry.events", "fanout", durable=True)
        queue = Queue("overhearing", exchange, durable=False, exclusive=True)
        with connection.Consumer(queue, callbacks=[hear], channel=channel, accept=None):

            def listen():
                with suppress(TimeoutError):
                    connection.drain_events(timeout=0.2)
                return heard

            yield listen


def register(rig, page):
    """Register a child by clicks; its id."""
    rig.enter(page, "registrar")
    page.goto(rig.url("/children/new"))
    page.fill("#family", FAMILY)
    page.fill("#given", GIVEN)
    for part, text in zip(("year", "month", "day"), DAY, strict=True):
        page.fill(f"#born-{part}", text)
    page.check("input[name=sex][value=F]")
    page.select_option("#area", "KZ-75")
    page.click("form#register button.btn-primary")
    page.wait_for_url(re.compile(r"/children/[0-9a-f-]{36}"))
    return re.search(r"/children/([0-9a-f-]{36})", page.url)[1]


def test_one_trace_leads_from_the_click_to_the_figure_and_says_nothing_about_the_child(page, amqp_uri, new_database):
    with (
        collecting() as (collector, url),
        traced(url, amqp_uri, new_database) as rig,
        overhearing(amqp_uri) as listen,
    ):
        child = register(rig, page)
        (told, *_) = running.until(listen, "the event is heard on the broker")
        event = "registry.child-registered.v1"
        (figure,) = running.until(lambda: collector.named("reporting figures", event), "the figure's span arrives")
        trace = figure.trace_id
        running.until(lambda: {*CHAIN} <= {span.name for _, span in collector.of(trace)}, "the whole trace arrives")
        correlation = rig.deployment.value("registry", "select correlation_id from event_log where type = :t", t=event)

    by_id = {span.span_id: (process, span) for process, span in collector.of(trace)}
    walked, processes, span = [figure.name], [], figure
    while span.parent_span_id:
        process, span = by_id[span.parent_span_id]
        walked.append(span.name)
        processes.append(process)
    assert tuple(walked) == CHAIN
    assert dict.fromkeys(processes) == dict.fromkeys(("kinward-reporting", "kinward-registry", "kinward-portal"))
    assert correlation.bytes == trace
    sent = by_id[by_id[figure.parent_span_id][1].parent_span_id][1]
    assert (sent.name, told["type"]) == ("send registry.events", event)
    assert told["traceparent"] == f"00-{trace.hex()}-{sent.span_id.hex()}-01"
    everything = b"".join(collector.raw)
    assert {key for _, span in collector.spans for key in said(span)} <= telemetry.ALLOWED
    planted = (FAMILY, GIVEN, "-".join(DAY), "2012-04-27", child, child.replace("-", ""), "KZ-75", "demo-registrar")
    assert [word for word in planted if word.encode() in everything] == []
    assert child.encode() in collector_sees(child)


def collector_sees(text):
    """What a span that spoke of the child would have looked like: the search above finds it."""
    request = ExportTraceServiceRequest()
    attribute = request.resource_spans.add().scope_spans.add().spans.add(name="x").attributes.add(key="child")
    attribute.value.string_value = text
    return request.SerializeToString()
