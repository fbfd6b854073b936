/** Scavenges and verifies the file of the embedded event store while it is in use. */
import type { EventStore } from '../../event-store/store.ts';
import { ControlFailure, type ResponseLines, type OperationRequest, type ScavengeProgress } from './protocol.ts';
import { withProgress } from './with-progress.ts';

type Dependencies = { readonly eventStore: EventStore | undefined };

export async function* scavengeStore(
  dependencies: Dependencies,
  { compact }: OperationRequest<'scavenge-store'>,
  signal: AbortSignal,
): AsyncIterable<ResponseLines['scavenge-store']> {
  let progress: ScavengeProgress | undefined;
  const scavenging = storeOf(dependencies).scavenge({ compact, signal, onProgress: (current) => (progress = current) });
  const result = yield* withProgress(scavenging, () => (progress === undefined ? undefined : ({ is: 'progress', ...progress } as const)));
  yield { is: 'result', ...result };
}

export async function* verifyStore(dependencies: Dependencies, signal: AbortSignal): AsyncIterable<ResponseLines['verify-store']> {
  const result = yield* withProgress(storeOf(dependencies).verify(signal), () => ({ is: 'progress' }) as const);
  yield { is: 'result', ...result };
}

function storeOf({ eventStore }: Dependencies): EventStore {
  if (eventStore === undefined) throw new ControlFailure('unknown', 'An EventStoreDB cluster keeps the log; scavenge and verify it there.');
  return eventStore;
}
