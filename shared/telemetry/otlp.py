"""Sends spans by OTLP over HTTP. The only module that knows OpenTelemetry; imported where telemetry is switched on."""

from typing import Any

from shared import release, telemetry
from shared.errors import ConfigurationError
from shared.telemetry import Kind, Span

SECONDS = 5


def switch_on(url: str | None, process: str, deployment: str) -> None:
    """Send this process's spans to a collector; nothing where no address is given. Raises ConfigurationError."""
    if url is None:
        return
    if not url.startswith(("http://", "https://")):
        raise ConfigurationError(
            "not an http address", field="KINWARD_TELEMETRY_URL", remedy="http://HOST:4318/v1/traces"
        )
    try:
        recorder = Otlp(url, process, deployment)
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            f"the package {error.name} is missing",
            field="KINWARD_TELEMETRY_URL",
            remedy="pip install 'kinward[telemetry]'",
        ) from error
    telemetry.install(recorder)


class Otlp:
    """Hands spans to OpenTelemetry's batch processor, which sends them from a thread of its own."""

    def __init__(self, url: str, process: str, deployment: str) -> None:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import ReadableSpan
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.sdk.util.instrumentation import InstrumentationScope

        self._trace, self._span = trace, ReadableSpan
        self._kinds = {kind: trace.SpanKind[kind.name] for kind in Kind}
        self._scope = InstrumentationScope("kinward", release.VERSION)
        named = {"service.name": f"kinward-{process}", "service.version": release.VERSION}
        self._resource = Resource(named | {"service.namespace": "kinward", "kinward.deployment": deployment})
        self._processor: Any = BatchSpanProcessor(OTLPSpanExporter(endpoint=url, timeout=SECONDS))

    def record(self, span: Span) -> None:
        """See the port."""
        status = self._trace.StatusCode.ERROR if span.failed else self._trace.StatusCode.UNSET
        self._processor.on_end(
            self._span(
                name=span.name,
                context=self._context(span, span.place.span, remote=False),
                parent=None if span.parent is None else self._context(span, span.parent, remote=True),
                resource=self._resource,
                attributes=dict(span.attributes),
                kind=self._kinds[span.kind],
                instrumentation_scope=self._scope,
                status=self._trace.Status(status),
                start_time=span.begun,
                end_time=span.ended,
            )
        )

    def close(self) -> None:
        """See the port."""
        self._processor.shutdown()

    def _context(self, span: Span, id_: int, *, remote: bool) -> Any:
        flags = self._trace.TraceFlags(self._trace.TraceFlags.SAMPLED)
        return self._trace.SpanContext(span.place.trace.int, id_, remote, flags)
