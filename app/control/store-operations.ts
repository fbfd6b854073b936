/** Scavenges and verifies the file of the embedded event store while it is in use. */
import { isEventStoreError } from '../../event-store/errors.ts';
import type { EventStore } from '../../event-store/store.ts';
import type { Vault } from '../../ports/vault/port.ts';
import type { ViewStore } from '../../ports/views/port.ts';
import { ControlFailure, type ResponseLines, type OperationRequest, type ScavengeProgress } from './protocol.ts';
import { withProgress } from './with-progress.ts';

/** A process of the role event-store alone has neither views nor a vault. */
export type StoreDependencies = {
  readonly eventStore: EventStore | undefined;
  readonly views?: Pick<ViewStore, 'verify'>;
  readonly vault?: Pick<Vault, 'verify'>;
};

export async function* scavengeStore(
  dependencies: Pick<StoreDependencies, 'eventStore'>,
  { compact }: OperationRequest<'scavenge-store'>,
  signal: AbortSignal,
): AsyncIterable<ResponseLines['scavenge-store']> {
  let progress: ScavengeProgress | undefined;
  const scavenging = storeOf(dependencies).scavenge({ compact, signal, onProgress: (current) => (progress = current) });
  const result = yield* withProgress(scavenging, () => (progress === undefined ? undefined : ({ is: 'progress', ...progress } as const)));
  yield { is: 'result', ...result };
}

/** Everything that lasts: the log, unless EventStoreDB keeps it, the views and the vault. */
export async function* verifyStore(dependencies: StoreDependencies, signal: AbortSignal): AsyncIterable<ResponseLines['verify-store']> {
  const result = yield* withProgress(verifyAll(dependencies, signal), () => ({ is: 'progress' }) as const);
  yield { is: 'result', ...result };
}

type Verified = { readonly events: number | null; readonly documents: number | null; readonly records: number | null; readonly damage: readonly string[] };

async function verifyAll({ eventStore, views, vault }: StoreDependencies, signal: AbortSignal): Promise<Verified> {
  const log = await verifyLog(eventStore, signal);
  const documents = await views?.verify(signal);
  const records = await vault?.verify(signal);
  return {
    events: log.events,
    documents: documents?.documents ?? null,
    records: records?.records ?? null,
    damage: [...log.damage, ...(documents?.damage ?? []), ...(records?.damage ?? [])],
  };
}

/** Stops at the first damaged record. */
async function verifyLog(eventStore: EventStore | undefined, signal: AbortSignal): Promise<Pick<Verified, 'events' | 'damage'>> {
  try {
    return { events: (await eventStore?.verify(signal))?.events ?? null, damage: [] };
  } catch (error) {
    if (!isEventStoreError(error) || error.code !== 'store-corrupted') throw error;
    return { events: null, damage: [error.message] };
  }
}

export function storeOf({ eventStore }: Pick<StoreDependencies, 'eventStore'>): EventStore {
  if (eventStore === undefined) throw new ControlFailure('unknown', 'An EventStoreDB cluster keeps the log; scavenge and mend it there.');
  return eventStore;
}
