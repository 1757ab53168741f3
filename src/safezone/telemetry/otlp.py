"""Spans by OpenTelemetry, sent over OTLP. Importing it needs `safezone[telemetry]`.

The provider is our own and never the process's global one: FastAPI and other libraries write paths,
query strings and exceptions to a global one.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.trace import SpanKind, StatusCode, format_trace_id, get_current_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from safezone.telemetry.failures import failure
from safezone.telemetry.vocabulary import permitted

# Adds fields to a span that is open.
Note = Callable[..., None]


class Tracing:
    """Makes spans and gives them to an exporter from a thread of its own."""

    def __init__(self, exporter: SpanExporter, version: str) -> None:
        resource = Resource.create({"service.name": "safezone", "service.version": version})
        self._provider = TracerProvider(resource=resource)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("safezone", version)

    @classmethod
    def over_http(cls, endpoint: str, version: str) -> "Tracing":
        return cls(OTLPSpanExporter(endpoint=endpoint), version)

    @contextmanager
    def span(self, name: str, traceparent: str | None, since: int | None) -> Iterator[Note]:
        """See `traces.span`."""
        # The caller's tracestate is not read: it would be exported, and can hold anything.
        remote = {} if traceparent is None else {"traceparent": traceparent}
        with self._tracer.start_as_current_span(
            name,
            context=TraceContextTextMapPropagator().extract(remote) if remote else None,
            kind=SpanKind.SERVER if name == "request" else SpanKind.INTERNAL,
            start_time=since,
            # OpenTelemetry's own record of an exception has its message and its stack.
            record_exception=False,
            set_status_on_exception=False,
        ) as opened:

            def note(**fields: object) -> None:
                for key, value in permitted(fields).items():
                    opened.set_attribute(key, value)  # type: ignore[arg-type]

            try:
                yield note
            except BaseException as error:
                note(**failure(error))
                opened.set_status(StatusCode.ERROR)
                raise

    @staticmethod
    def trace_id() -> str | None:
        context = get_current_span().get_span_context()
        return format_trace_id(context.trace_id) if context.is_valid else None

    def stop(self) -> None:
        """Send what is left and end it."""
        self._provider.shutdown()
