/** The ports that a process can't do without, each with a check of whether it reads and writes. */
import { healthStream } from '../../domain/shared/streams.ts';
import type { EventStore } from '../../event-store/store.ts';
import { LogUnavailable, type EventLog } from '../../ports/event-log/port.ts';
import { VaultDamaged, type Vault } from '../../ports/vault/port.ts';
import { ViewsDamaged, type ViewStore } from '../../ports/views/port.ts';
import { watchWrites, type Watch } from './watch-writes.ts';

export type Check = () => Promise<void>;
type Watched<Port> = { readonly port: Port; readonly check: Check };

type Stores = { readonly log: EventLog; readonly vault: Vault; readonly views: ViewStore };

/** The stores as their users see them, and the check of each. */
export function watchStores({ log, vault, views }: Stores): { readonly stores: Stores; readonly checks: Readonly<Record<keyof Stores, Check>> } {
  const watched = { log: watchLog(log), vault: watchVault(vault), views: watchViews(views) };
  return {
    stores: { log: watched.log.port, vault: watched.vault.port, views: watched.views.port },
    checks: { log: watched.log.check, vault: watched.vault.check, views: watched.views.check },
  };
}

/** The probe changes what is kept of a stream that has no events: a durable write that no reader sees. */
export function watchLog(log: EventLog): Watched<EventLog> {
  const kept = alternate(1, 2);
  const writes = watchWrites({ isFailure: (error) => error instanceof LogUnavailable, probe: () => log.keepLast(healthStream('probe'), kept()) });
  return {
    port: withWatched(log, ['append', 'keepLast', 'truncate'], writes.watch),
    check: async () => {
      await Promise.all(log.logs.map((name) => log.head(name)));
      await writes.check();
    },
  };
}

export function watchEventStore(store: EventStore): Watched<EventStore> {
  const kept = alternate(1, 2);
  const writes = watchWrites({ isFailure: isWriteFailure, probe: () => store.setStreamMetadata(healthStream('probe'), { $maxCount: kept() }) });
  return { port: withWatched(store, ['append', 'setStreamMetadata', 'deleteStream', 'tombstone'], writes.watch), check: writes.check };
}

const isWriteFailure = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'write-failed';

export function watchVault(vault: Vault): Watched<Vault> {
  const probe = () => vault.put('installation-secret', 'health-probe', { secret: '' });
  const writes = watchWrites({ isFailure: (error) => !(error instanceof VaultDamaged), probe });
  const reads = watchDamage(VaultDamaged);
  return {
    port: withWatched(withWatched(vault, ['put', 'putIfAbsent', 'remove', 'removeOwned'], writes.watch), ['get', 'owned'], reads.watch),
    check: async () => {
      await vault.get('installation-secret', 'login-names');
      await writes.check();
      await reads.check();
    },
  };
}

/** Runners try a commit that failed again and again, and the check of the projections tells of it. */
export function watchViews(views: ViewStore): Watched<ViewStore> {
  const reads = watchDamage(ViewsDamaged);
  return {
    port: withWatched(views, ['checkpoint', 'checkpoints', 'load', 'get', 'getMany', 'find', 'findPage', 'getFirst', 'pluck', 'count'], reads.watch),
    check: async () => {
      await views.checkpoints();
      await reads.check();
    },
  };
}

/** The port, with these methods watched. */
function withWatched<Port extends object, Name extends keyof Port>(port: Port, names: readonly Name[], watch: Watch): Port {
  const watched: Port = { ...port };
  for (const name of names) {
    const method = watch((...args: readonly unknown[]) => (port[name] as (...given: readonly unknown[]) => Promise<unknown>)(...args));
    watched[name] = method as Port[Name];
  }
  return watched;
}

/** Damage doesn't mend itself: the read that met it is repeated, and its answer tells whether somebody has mended it. */
function watchDamage(Damaged: new (...args: never[]) => Error): { readonly watch: Watch; readonly check: Check } {
  let damaged: (() => Promise<unknown>) | undefined;
  return {
    watch:
      (read) =>
      async (...args) => {
        try {
          return await read(...args);
        } catch (error) {
          if (error instanceof Damaged) damaged = () => read(...args);
          throw error;
        }
      },
    check: async () => {
      await damaged?.().catch((error: unknown) => {
        if (error instanceof Damaged) throw error; // anything else, such as a collection that was dropped, says nothing of damage
      });
      damaged = undefined;
    },
  };
}

function alternate(one: number, other: number): () => number {
  let next = one;
  return () => {
    next = next === one ? other : one;
    return next;
  };
}
