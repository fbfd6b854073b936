/** Everything that can be asked of a process that has the folder open, each operation in a line. */
import type { Instant } from '../../domain/shared/instant.ts';
import type { EventStore } from '../../event-store/store.ts';
import type { Codec } from '../../ports/event-log/codec.ts';
import type { EventLog } from '../../ports/event-log/port.ts';
import type { Outbox } from '../../ports/sender/outbox.ts';
import type { ViewStore } from '../../ports/views/port.ts';
import type { AppendOperations } from '../../projections/dependencies.ts';
import type { Projections } from '../../projections/rollout/start-projections.ts';
import { listDeadLetters, resolveDeadLetters } from './dead-letters.ts';
import { scavengeStore, verifyStore } from './store-operations.ts';
import { rebuildProjection } from './projection-operations.ts';
import type { ControlOperations, ProjectionLine } from './protocol.ts';
import { selectLog, readLog } from './read-log.ts';

export type ControlOperationsDependencies = {
  readonly eventStore: EventStore | undefined;
  readonly log: EventLog;
  readonly codec: Pick<Codec, 'decodeAll'>;
  readonly views: ViewStore;
  readonly outbox: Pick<Outbox, 'list' | 'behave'>;
  readonly appendOperations: AppendOperations;
  readonly clock: () => Instant;
  readonly status: () => Promise<readonly ProjectionLine[]>;
  /** The projections at work here, started where they are not. */
  readonly projections: () => Promise<Pick<Projections, 'status' | 'rebuild'>>;
};

export function createControlOperations(dependencies: ControlOperationsDependencies): ControlOperations {
  const { log, outbox } = dependencies;
  const runs = async (projection: string) => (await (await dependencies.projections()).status()).some(({ name }) => name === projection);
  return {
    'log-head': async function* (request) {
      yield { head: (await log.head(selectLog(log, request.log))) ?? null };
    },
    'read-log': (request, signal) => readLog(dependencies, request, signal),
    'list-projections': async function* () {
      yield* await dependencies.status();
    },
    'rebuild-projection': (request, signal) => rebuildProjection(dependencies, request, signal),
    'list-dead-letters': (request) => listDeadLetters(dependencies, request),
    'resolve-dead-letters': (request, signal) => resolveDeadLetters({ ...dependencies, runs }, request, signal),
    ...createStoreOperations(dependencies),
    'list-outbox': async function* ({ channel, limit }) {
      yield* await outbox.list({ limit, ...(channel === undefined ? {} : { channel }) });
    },
    'behave-outbox': async function* ({ channel, behaviour, extent }) {
      outbox.behave({ [channel]: { ...behaviour, ...(extent === undefined ? {} : { extent }) } });
      yield { done: true };
    },
  };
}

/** What can be asked of a process that keeps the event store and nothing else. */
export const createStoreOperations = (dependencies: Pick<ControlOperationsDependencies, 'eventStore'>): ControlOperations => ({
  'scavenge-store': (request, signal) => scavengeStore(dependencies, request, signal),
  'verify-store': (_request, signal) => verifyStore(dependencies, signal),
});
