import test from 'ava';
import type { TidingsEvent } from '../../../domain/events.ts';
import type { Recorded } from '../../../domain/shared/event.ts';
import type { DeliveryId, NotificationId } from '../../../domain/shared/ids.ts';
import { instant } from '../../../domain/shared/instant.ts';
import { deliveryStream, notificationStream } from '../../../domain/shared/streams.ts';
import type { StoredEvent } from '../../../ports/event-log/port.ts';
import { spanIdOf, traceIdOf, uuidOfTrace } from './span-ids.ts';
import { traceBatches } from './trace-batches.ts';
import { traceWork } from './trace-work.ts';
import { startTracing, type TracedSpan } from './tracing.ts';

const UUID = '4bf92f35-77b3-4da6-a3ce-929d0e0e4736';
const TRACE = UUID.replaceAll('-', '');
const SENDER = '00f067aa0ba902b7';
const AT = instant(Date.UTC(2030, 0, 1));

function collecting() {
  const spans: TracedSpan[] = [];
  const traceparent = ({ correlationId, id }: { readonly correlationId: string; readonly id: string }) => `${traceIdOf(correlationId)}-${id}`;
  return { spans, tracing: { span: (span: TracedSpan) => void spans.push(span), traceparent, nowMs: () => Date.parse(AT) } };
}

/** A log in which each of these streams has one event, of the same trace. */
const logOf = (...streams: readonly string[]) => ({
  log: {
    readStream: async function* (stream: string) {
      if (stream === 'unreachable') throw new Error('The log is away.');
      if (stream === 'hanging') await new Promise(() => undefined);
      if (streams.includes(stream)) yield { stream, id: `first of ${stream}`, type: 'a' } as unknown as StoredEvent;
    } as never,
  },
  codec: { metadataOf: () => ({ $correlationId: UUID, actor: 'a', at: AT, command: 'c', request: 'r' }), decode: async () => ({}) as never },
});

test('a trace’s id is what its requests’ ids begin with, each of which names another sender', (t) => {
  for (const id of [UUID, `${UUID}-${SENDER}`]) t.deepEqual([traceIdOf(id), uuidOfTrace(id)], [TRACE, UUID]);
  t.not(spanIdOf('request', UUID), spanIdOf('request', `${UUID}-${SENDER}`));
  t.regex(traceIdOf('an id of a client'), /^[0-9a-f]{32}$/);
  t.is(uuidOfTrace(`${UUID}-more`), undefined);
});

test('a receiver is told whether the trace is one of those that are sent', async (t) => {
  for (const [percent, flags] of [
    [100, '01'],
    [0, '00'],
  ] as const) {
    await using tracing = startTracing({ url: 'http://127.0.0.1:9/v1/traces', percent, attributes: {} }, () => AT);
    t.is(tracing.traceparent({ correlationId: `${UUID}-${SENDER}`, id: SENDER }), `00-${TRACE}-${SENDER}-${flags}`);
  }
});

test('an attempt stands in the trace of its stream, and goes without one where the log can’t tell it', async (t) => {
  const stream = deliveryStream('one' as DeliveryId);
  const { spans, tracing } = collecting();
  const work = traceWork(tracing, logOf(stream));
  const [first, second] = await Promise.all([1, 2].map((attempt) => work.attempt({ stream, attempt })));
  t.true(first?.traceparent.startsWith(`${TRACE}-`));
  t.not(first?.traceparent, second?.traceparent);
  first?.ended({ name: 'send', failed: true, status: 503 });
  t.like(spans[0], { correlationId: UUID, parent: spanIdOf('event', `first of ${stream}`), failed: true });
  t.is(await work.attempt({ stream: deliveryStream('another' as DeliveryId), attempt: 1 }), undefined);
  t.is(await work.attempt({ stream: 'unreachable', attempt: 1 }), undefined);
  t.is(await work.attempt({ stream: 'hanging', attempt: 1 }), undefined);
});

test('a job is told with what came of it, in the trace of what it is about', async (t) => {
  const { spans: told, tracing } = collecting();
  const work = traceWork(tracing, logOf(notificationStream('n' as NotificationId)));
  await work.job('plan', { id: '1', data: { notification: 'n' } }, async () => undefined);
  await t.throwsAsync(
    work.job('plan', { id: '2', data: { notification: 'unknown' } }, async () => Promise.reject(new Error('A fault.'))),
    { message: 'A fault.' },
  );
  await work.job('other', { id: '3', data: {} }, async () => undefined);
  await work[Symbol.asyncDispose]();
  const spans = ['1', '2', '3'].map((id) => told.find(({ attributes }) => attributes['tidings.job'] === id)!);
  t.like(spans[0], { name: 'job plan', correlationId: UUID, failed: false });
  t.like(spans[1], { name: 'job plan', failed: true });
  t.is(new Set(spans.map(({ correlationId }) => traceIdOf(correlationId))).size, 3, 'what is about nothing that the log tells is a trace of its own');
});

test('a job is done while the log doesn’t tell what it was about, and is told when the process ends', async (t) => {
  const { spans, tracing } = collecting();
  let asked = 0;
  const { codec } = logOf();
  const work = traceWork(tracing, {
    codec,
    log: {
      readStream: async function* () {
        asked += 1;
        await new Promise(() => undefined);
        yield* [];
      } as never,
    },
  });
  const job = (id: number) => work.job('plan', { id: String(id), data: { notification: 'n' } }, async () => undefined);
  await Promise.all(Array.from({ length: 1_024 }, (_, id) => job(id)));
  await t.throwsAsync(
    work.job('plan', { id: 'failed', data: {} }, async () => Promise.reject(new Error('A fault.'))),
    { message: 'A fault.' },
  );
  t.deepEqual(
    spans.map(({ attributes }) => attributes['tidings.job']),
    ['failed'],
    'none of the others has waited for the log',
  );
  await Promise.all([job(1_024), job(1_025)]);
  t.is(asked, 1_024, 'no more wait for it at once');
  t.is(await work.attempt({ stream: deliveryStream('one' as DeliveryId), attempt: 1 }), undefined);
  await work[Symbol.asyncDispose]();
  t.is(spans.length, 1_027);
  t.is(spans.find(({ attributes }) => attributes['tidings.job'] === '7')?.correlationId, 'job plan 7');
});

const event = (id: string, correlation: string, fields: object = {}) =>
  ({ id, metadata: { $correlationId: correlation, command: 'another', actor: 'a', at: AT, request: 'r', ...fields } }) as unknown as Recorded<TidingsEvent>;

test('a batch stands in the story that it is about, or has links to those that there are', (t) => {
  const { spans, tracing } = collecting();
  const tell = (...events: readonly Recorded[]) =>
    traceBatches(tracing)({ projection: { kind: 'projector', name: 'posts', version: 2 }, runner: 'posts@2', log: 'main', ms: 12, events });
  tell(event('1', UUID), event('2', UUID));
  t.like(spans[0], { name: 'project posts@2', correlationId: UUID, parent: spanIdOf('event', '1'), startMs: Date.parse(AT) - 12, endMs: Date.parse(AT) });
  tell(...Array.from({ length: 100 }, (_, n) => event(String(n), `story ${n % 50}`)));
  t.is(spans[1]?.parent, undefined);
  t.is(spans[1]?.links?.length, 32);
  tell(event('3', 'another', {}), event('4', UUID));
  t.deepEqual(
    spans[2]?.links?.map(({ id }) => id),
    [spanIdOf('event', '4')],
    'a command of a worker’s own tells no story',
  );
  tell();
  t.is(spans.length, 3);
});
