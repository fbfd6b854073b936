/**
 * Keeps the list of erased subjects up to date while the system runs: whoever is erased is on it a moment later. The list itself says how
 * far it has come, so that a process that was away goes on there.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Instant } from '../../domain/shared/instant.ts';
import type { Metadata } from '../../domain/shared/event.ts';
import type { EventLog, LogEpoch, Position, StoredEvent } from '../../ports/event-log/port.ts';
import { addToErasedList, readErasedList, type ErasedSubject } from './erased-list.ts';

const ERASED = 'people.person-erased.v1';
const RETRY_MS = 10_000;

type Dependencies = {
  readonly log: Pick<EventLog, 'logs' | 'subscribe'>;
  /** The list can't be read or written; it is tried again. */
  readonly onFailure: (error: unknown) => void;
  readonly retryMs?: number;
};

/** Of a log of its own: one that is embedded. */
export function followErased(
  { log, onFailure, retryMs = RETRY_MS }: Dependencies,
  list: { readonly path: string; readonly installation: string; readonly epoch: LogEpoch },
): AsyncDisposable {
  const stopping = new AbortController();
  const { signal } = stopping;
  const follow = async () => {
    const [name = ''] = log.logs;
    const after = await placeIn(list);
    for await (const { events } of log.subscribe(name, { types: [ERASED], isSparse: true, signal, ...(after !== undefined && { after }) }))
      if (events.length > 0)
        await addToErasedList(list.path, { installation: list.installation, subjects: events.map((event) => subjectOf(event, list.epoch)) });
  };
  const following = (async () => {
    while (!signal.aborted) {
      await follow().catch((error: unknown) => {
        if (!signal.aborted) onFailure(error);
      });
      await delay(retryMs, undefined, { signal }).catch(() => undefined);
    }
  })();
  return {
    [Symbol.asyncDispose]: async () => {
      stopping.abort();
      await following;
    },
  };
}

async function placeIn({ path, epoch }: { readonly path: string; readonly epoch: LogEpoch }): Promise<Position | undefined> {
  const list = await readErasedList(path);
  return list?.subjects.findLast((one) => one.position !== undefined && one.epoch === epoch)?.position;
}

function subjectOf({ stream, metadata, position }: StoredEvent, epoch: LogEpoch): ErasedSubject {
  const { at } = JSON.parse(Buffer.from(metadata).toString()) as Pick<Metadata, 'at'>;
  return { subject: stream.slice(stream.indexOf('-') + 1), erasedAt: at satisfies Instant, position, epoch };
}
