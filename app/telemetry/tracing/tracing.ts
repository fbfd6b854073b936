/** Sends spans to whatever takes OpenTelemetry's protocol over HTTP. Without a place to send them to there is no tracing, and nothing of this runs. */
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, SamplingDecision, TraceIdRatioBasedSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import { epochMs, type Instant } from '../../../domain/shared/instant.ts';
import { traceIdOf } from './span-ids.ts';

export type TracingConfig = {
  /** Where spans go: `http://collector:4318/v1/traces`. */
  readonly url: string;
  /** How many of a hundred traces are sent. By the trace's id, so that all processes decide alike. */
  readonly percent: number;
  readonly attributes: Readonly<Record<string, string>>;
};

/** Nothing in it is personal. */
export type TracedSpan = {
  readonly correlationId: string;
  readonly id: string;
  /** The span below which it stands; absent: the trace begins with it. */
  readonly parent?: string | undefined;
  readonly name: string;
  readonly kind: 'server' | 'client' | 'consumer' | 'internal';
  /** Milliseconds since 1970. */
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly failed?: boolean;
  /** Spans of other traces that it has to do with. */
  readonly links?: readonly SpanOf[];
};

export type SpanOf = { readonly correlationId: string; readonly id: string };

export type Tracing = AsyncDisposable & {
  readonly span: (span: TracedSpan) => void;
  /** The header by which a receiver's own spans stand below this one. */
  readonly traceparent: (span: SpanOf) => string;
  /** By the clock that the log's moments are of. */
  readonly nowMs: () => number;
};

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, consumer: SpanKind.CONSUMER, internal: SpanKind.INTERNAL } as const;
/** Spans that wait to be sent; what comes beyond is dropped, so that a collector that is away costs no memory. */
const WAITING_MAX = 8_192;
const SENT_AT_ONCE = 512;
const SENT_EVERY_MS = 1_000;
const SENT_WITHIN_MS = 10_000;

export function startTracing({ url, percent, attributes }: TracingConfig, clock: () => Instant): Tracing {
  let next = { traceId: '', spanId: '' };
  const processor = new BatchSpanProcessor({
    exporter: new OTLPTraceExporter({ url, timeoutMillis: SENT_WITHIN_MS }),
    maxQueueSize: WAITING_MAX,
    maxExportBatchSize: SENT_AT_ONCE,
    scheduledDelayMillis: SENT_EVERY_MS,
    exportTimeoutMillis: SENT_WITHIN_MS,
  });
  const sampler = new TraceIdRatioBasedSampler(percent / 100);
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'tidings', ...attributes }),
    sampler,
    // Asked while a span is started, which is one synchronous call.
    idGenerator: { generateTraceId: () => next.traceId, generateSpanId: () => next.spanId },
    spanProcessors: [processor],
  });
  const tracer = provider.getTracer('tidings');
  return {
    nowMs: () => epochMs(clock()),
    traceparent: ({ correlationId, id }) => {
      const traceId = traceIdOf(correlationId);
      const isTaken = sampler.shouldSample(ROOT_CONTEXT, traceId).decision === SamplingDecision.RECORD_AND_SAMPLED;
      return `00-${traceId}-${id}-${isTaken ? '01' : '00'}`;
    },
    span: ({ correlationId, id, parent, name, kind, startMs, endMs, attributes: ofSpan, failed, links = [] }) => {
      next = { traceId: traceIdOf(correlationId), spanId: id };
      const under =
        parent === undefined
          ? ROOT_CONTEXT
          : trace.setSpanContext(ROOT_CONTEXT, { traceId: next.traceId, spanId: parent, traceFlags: TraceFlags.SAMPLED, isRemote: true });
      const linked = links.map((of) => ({ context: { traceId: traceIdOf(of.correlationId), spanId: of.id, traceFlags: TraceFlags.SAMPLED } }));
      const span = tracer.startSpan(name, { kind: KINDS[kind], startTime: startMs, attributes: ofSpan, links: linked }, under);
      if (failed === true) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(Math.max(startMs, endMs));
    },
    [Symbol.asyncDispose]: () => provider.shutdown().catch(() => undefined),
  };
}
