/**
 * Records what a person must not wait for, such as a link that was followed: where the log doesn't answer, they go on nevertheless, and
 * it is recorded as soon as it does. Until then it is in this process alone.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { SECOND_MS } from '../../domain/shared/instant.ts';
import { Outage } from '../../ports/outage.ts';

/** How long the caller waits for the record. */
const RECORD_WAIT_MS = SECOND_MS;
/** Between tries while the log is away, and up to twice as much. */
const RECORD_RETRY_MS = SECOND_MS;
/** What waits for the log at most; what comes then is dropped, and reported. */
const RECORDS_WAITING_MAX = 10_000;
/** How long a stop waits for them. */
const RECORD_STOP_MS = 5 * SECOND_MS;

export type RecordBehind = AsyncDisposable & {
  /** Resolves once it is recorded, and at the latest when the caller has waited long enough. `record` may be called again and again, and must mean the same each time. Never rejects. */
  record(record: () => Promise<void>): Promise<void>;
};

/** `onDropped`: what will never be recorded, by a fault or because too much waits. */
export function createRecordBehind({ onDropped }: { readonly onDropped: (error: unknown) => void }, { retryMs = RECORD_RETRY_MS } = {}): RecordBehind {
  const waiting = new Set<Promise<void>>();
  const stopping = new AbortController();
  let stoppedMs = Infinity;

  const untilRecorded = async (record: () => Promise<void>): Promise<void> => {
    for (;;) {
      try {
        return await record();
      } catch (error) {
        if (!(error instanceof Outage) || waiting.size > RECORDS_WAITING_MAX || performance.now() > stoppedMs) return onDropped(error);
        const pause = retryMs * (1 + Math.random());
        await delay(stopping.signal.aborted ? Math.min(pause, RECORD_RETRY_MS / 4) : pause, undefined, { signal: stopping.signal, ref: false }).catch(() =>
          delay(RECORD_RETRY_MS / 4),
        );
      }
    }
  };

  return {
    record: async (record) => {
      const recording = untilRecorded(record).finally(() => waiting.delete(recording));
      waiting.add(recording);
      await Promise.race([recording, delay(RECORD_WAIT_MS, undefined, { ref: false })]);
    },
    [Symbol.asyncDispose]: async () => {
      stoppedMs = performance.now() + RECORD_STOP_MS;
      stopping.abort();
      await Promise.all(waiting);
    },
  };
}
