/** Starts the workers of this process's roles, as far as they name any. */
import type { Instant } from '../domain/shared/instant.ts';
import type { Outbound } from '../ports/outbound/port.ts';
import type { Leases } from '../projections/leases/leases.ts';
import type { TidingsViewReader } from '../projections/view-access/tidings-views.ts';
import { WORKER_ROLES, type Runtime, type WorkerRole, type WorkTracing } from '../workers/dependencies.ts';
import { startPictures } from '../ports/pictures/pictures.ts';
import type { Pace } from '../ports/rate-limit/pace.ts';
import { NoSuchQueue, startWorkers, type Workers, type WorkersConfig, type WorkersDependencies } from '../workers/start.ts';
import { CannotStart } from './cannot-start.ts';
import type { Config } from './config/config.ts';
import type { Core } from './core.ts';
import type { Telemetry } from './telemetry/telemetry.ts';

/** What is optional has to be named where a process is put together: left out it would be off, and nothing would fail. */
export type EveryWire<Part> = { readonly [Wire in keyof Required<Part>]: Part[Wire] };

/** The workers have values of their own, and only tests have others. */
type WithoutSetting = 'breaker' | 'delayMaxMs';

type Dependencies = {
  readonly core: Core;
  /** The views that queries read. */
  readonly read: Pick<TidingsViewReader, 'views' | 'waitForViews' | 'collectionOf'>;
  readonly clock: () => Instant;
  readonly report: Telemetry['reportWorkers'];
  readonly leases: Leases;
  readonly outbound: Outbound;
  /** Undefined: nothing is traced. */
  readonly tracing: WorkTracing | undefined;
  readonly caches: Telemetry['caches'];
};

/** Undefined where this process has none of their roles. Throws `CannotStart`. */
export async function startOwnWorkers(
  { core, read, clock, report, leases, outbound, tracing, caches }: Dependencies,
  { roles: all, workers, publicUrl, senders, media, retention }: Pick<Config, 'roles' | 'workers' | 'publicUrl' | 'senders' | 'media' | 'retention'>,
): Promise<Workers | undefined> {
  const roles = WORKER_ROLES.filter((role: WorkerRole) => all.includes(role));
  if (roles.length === 0) return undefined;
  await using starting = new AsyncDisposableStack();
  const pictures = starting.use(startPictures(media.pictures));
  const mediaPorts = { store: core.media, secret: core.mediaSecret, uploads: core.uploads, pictures };
  try {
    const workersOfRoles = await startWorkers(
      {
        reader: core,
        commandGiver: { commands: core.commands, contextFor: core.contextFor },
        views: { active: read.views, waitForViews: read.waitForViews, stored: core.views },
        jobs: core.jobs,
        ephemeral: core,
        senders: core.senders,
        outbound,
        media: mediaPorts,
        search: { secret: core.searchSecret, collectionOf: read.collectionOf },
        scavenge: core.eventStore && ((signal) => core.eventStore?.scavenge({ signal }) ?? Promise.resolve()),
        report,
        leases,
        runtime: { clock, tracing, caches } satisfies EveryWire<Omit<Runtime, 'monotonicMs' | 'sleep' | 'random'>>,
      } satisfies EveryWire<WorkersDependencies>,
      { ...workers, publicUrl, keptFor: retention.notifications, roles, paces: pacesOf(senders) } satisfies EveryWire<Omit<WorkersConfig, WithoutSetting>>,
    );
    starting.use(workersOfRoles);
    const running = starting.move();
    return { ...workersOfRoles, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
  } catch (error) {
    throw error instanceof NoSuchQueue ? new CannotStart(`${error.message} See TIDINGS_DELIVERY_QUEUES and --queues.`, { cause: error }) : error;
  }
}

/** A tenth of a second's messages at once, at least one: a vendor that counts by the second is never told more than it takes. */
const BURST_SECONDS = 0.1;

const pacesOf = ({ accounts }: Config['senders']): Readonly<Record<string, Pace>> =>
  Object.fromEntries(
    accounts.flatMap(({ account: { name }, perSecond }) =>
      perSecond === undefined ? [] : [[name, { perSecond, burst: Math.max(1, perSecond * BURST_SECONDS) }]],
    ),
  );
