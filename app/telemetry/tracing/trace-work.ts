/**
 * Jobs, and what they send to others: a receiver gets the place of the attempt in its trace, so that its own spans stand below ours. The
 * trace is that of the events that a job is about, which the log tells: nothing of it is in jobs.
 */
import { randomUUID } from 'node:crypto';
import { categoryOf } from '../../../domain/deciders.ts';
import type { ChannelId, DeliveryId, ExportId, MediaId, NotificationId } from '../../../domain/shared/ids.ts';
import { deliveryStream, exportStream, mediaStream, messagesStream, notificationStream, webhookMessageStream } from '../../../domain/shared/streams.ts';
import type { Codec } from '../../../ports/event-log/codec.ts';
import type { EventLog, StoredEvent } from '../../../ports/event-log/port.ts';
import type { Job } from '../../../ports/job-queue/port.ts';
import type { WorkTracing } from '../../../workers/dependencies.ts';
import { attemptSpanIdOf, spanIdOf } from './span-ids.ts';
import { toldStreamOf } from './stories.ts';
import type { TracedSpan, Tracing } from './tracing.ts';

const LOG_MAX_MS = 1_000;
/** So many reads of the log are under way: with a log that doesn't answer, jobs and attempts come faster than it is given up. */
const READS_MAX = 1_024;

type Dependencies = { readonly log: Pick<EventLog, 'readStream'>; readonly codec: Pick<Codec, 'metadataOf' | 'decode'> };
/** Absent revision: the stream's first event. */
type Place = { readonly stream: string; readonly revision?: number };
type Begun = { readonly correlationId: string; readonly parent: string };

/** When it ends, all jobs that have ended are told: it waits for the log no longer than each of them does. */
export function traceWork(
  { span, traceparent, nowMs }: Pick<Tracing, 'span' | 'traceparent' | 'nowMs'>,
  { log, codec }: Dependencies,
): WorkTracing & AsyncDisposable {
  const telling = new Set<Promise<void>>();
  let reads = 0;
  /** Undefined where it isn't there, or the log isn't: whoever works with that will say so. What is to be sent doesn't wait for long. */
  const begunBy = async (place: Place): Promise<Begun | undefined> => {
    if (reads >= READS_MAX) return undefined;
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => resolve(undefined), LOG_MAX_MS);
    try {
      return await Promise.race([lookUp(place), late]);
    } finally {
      clearTimeout(timer);
    }
  };
  const lookUp = async (place: Place): Promise<Begun | undefined> => {
    reads += 1;
    try {
      const first = await eventAt(place);
      if (first === undefined) return undefined;
      const told = categoryOf(first.stream) === 'webhook' ? toldStreamOf(await codec.decode(first)) : undefined;
      const ofStory = told === undefined ? first : ((await eventAt({ stream: told })) ?? first);
      return { correlationId: codec.metadataOf(ofStory).$correlationId, parent: spanIdOf('event', first.id) };
    } catch {
      return undefined;
    } finally {
      reads -= 1;
    }
  };
  const eventAt = async ({ stream, revision = 0 }: Place): Promise<StoredEvent | undefined> => {
    for await (const event of log.readStream(stream, { from: revision, limit: 1 })) return event;
    return undefined;
  };

  const tellJob = async (queue: string, job: Job, how: Pick<TracedSpan, 'startMs' | 'endMs' | 'failed'>): Promise<void> => {
    const place = placeOf(job);
    // Where the log doesn't tell what a job is about, it is a trace of its own.
    const begun = (place && (await begunBy(place))) ?? { correlationId: `job ${queue} ${job.id}` };
    span({
      ...begun,
      ...how,
      id: spanIdOf('job', randomUUID()),
      name: `job ${queue}`,
      kind: 'consumer',
      attributes: { 'tidings.queue': queue, 'tidings.job': job.id },
    });
  };

  return {
    attempt: async ({ stream, attempt }) => {
      const begun = await begunBy({ stream });
      if (begun === undefined) return undefined;
      const ofAttempt = { ...begun, id: attemptSpanIdOf(stream, attempt) };
      const startMs = nowMs();
      return {
        traceparent: traceparent(ofAttempt),
        ended: ({ name, failed, status }) =>
          span({
            ...ofAttempt,
            name,
            kind: 'client',
            startMs,
            endMs: nowMs(),
            attributes: {
              'tidings.stream': stream,
              'tidings.correlation_id': begun.correlationId,
              ...(status !== undefined && { 'http.response.status_code': status }),
            },
            failed,
          }),
      };
    },
    job: async (queue, job, handler) => {
      const startMs = nowMs();
      const startedMs = performance.now();
      let failed = true;
      try {
        await handler(job);
        failed = false;
      } finally {
        // Whoever has the job done doesn't wait for the log.
        const told = tellJob(queue, job, { startMs, endMs: startMs + performance.now() - startedMs, failed });
        telling.add(told);
        void told.finally(() => telling.delete(told));
      }
    },
    [Symbol.asyncDispose]: async () => void (await Promise.all(telling)),
  };
}

/** The event that a job is about, where its data tell. */
function placeOf({ data }: Job): Place | undefined {
  const { delivery, app, message, notification, media, channel, seq, stream, revision } = data as Readonly<Record<string, unknown>>;
  const ofExport = data['export'];
  if (typeof delivery === 'string') return { stream: deliveryStream(delivery as DeliveryId) };
  if (typeof message === 'string' && typeof app === 'string') return { stream: webhookMessageStream(message) };
  if (typeof notification === 'string') return { stream: notificationStream(notification as NotificationId) };
  if (typeof media === 'string') return { stream: mediaStream(media as MediaId) };
  if (typeof ofExport === 'string') return { stream: exportStream(ofExport as ExportId) };
  if (typeof channel === 'string' && typeof seq === 'number') return { stream: messagesStream(channel as ChannelId), revision: seq };
  if (typeof stream === 'string' && typeof revision === 'number') return { stream, revision };
  return undefined;
}
