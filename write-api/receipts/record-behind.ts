/**
 * Records what a person must not wait for, such as a link that was followed: where the log doesn't answer, they go on nevertheless, and
 * it is kept elsewhere, from where a worker records it once the log is back. Where that is away too, it is in this process alone, which
 * tries both until one of them is back.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { SECOND_MS } from '../../domain/shared/instant.ts';
import { JobQueueUnavailable } from '../../ports/job-queue/port.ts';
import { Outage } from '../../ports/outage.ts';

/** How long the caller waits for the record. */
const RECORD_WAIT_MS = SECOND_MS;
/** Between tries while the log is away, and up to twice as much. */
const RECORD_RETRY_MS = SECOND_MS;
/** The same while the process stops. */
const RECORD_STOPPING_RETRY_MS = SECOND_MS / 4;
/** What waits for the log at most; what comes then is dropped, and reported. */
const RECORDS_WAITING_MAX = 10_000;
/** How long a stop waits for them. */
const RECORD_STOP_MS = 5 * SECOND_MS;

export type RecordBehind = AsyncDisposable & {
  /** Resolves once it is recorded or kept, and at the latest when the caller has waited long enough. Both may be called again and again, and must mean the same each time. Never rejects. */
  record(record: () => Promise<void>, keep?: () => Promise<void>): Promise<void>;
};

/** `onDropped`: what will never be recorded, by a fault or because too much waits. */
export function createRecordBehind({ onDropped }: { readonly onDropped: (error: unknown) => void }, { retryMs = RECORD_RETRY_MS } = {}): RecordBehind {
  const waiting = new Set<Promise<void>>();
  const stopping = new AbortController();
  let stoppedMs = Infinity;

  const untilRecorded = async (record: () => Promise<void>, keep: () => Promise<void>): Promise<void> => {
    for (;;) {
      try {
        return await record().catch((error: unknown) => keepAfter(error, keep));
      } catch (error) {
        if (!(error instanceof Outage) || waiting.size > RECORDS_WAITING_MAX || performance.now() > stoppedMs) return onDropped(error);
        const pauseMs = retryMs * (1 + Math.random());
        await delay(pauseMs, undefined, { signal: stopping.signal, ref: false }).catch(() => delay(RECORD_STOPPING_RETRY_MS));
      }
    }
  };

  return {
    record: async (record, keep = notKept) => {
      const recording = untilRecorded(record, keep).finally(() => waiting.delete(recording));
      waiting.add(recording);
      const recorded = new AbortController();
      await Promise.race([recording, delay(RECORD_WAIT_MS, undefined, { signal: recorded.signal }).catch(() => undefined)]);
      recorded.abort();
    },
    [Symbol.asyncDispose]: async () => {
      stoppedMs = performance.now() + RECORD_STOP_MS;
      stopping.abort();
      await Promise.all(waiting);
    },
  };
}

/** Only what an outage kept from being recorded is worth keeping. */
const keepAfter = (error: unknown, keep: () => Promise<void>): Promise<void> => (error instanceof Outage ? keep() : Promise.reject(error as Error));

const notKept = () => Promise.reject(new JobQueueUnavailable('there is no queue'));
