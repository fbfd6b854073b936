/** Starts the workers of this process's roles, as far as they name any. */
import type { Instant } from '../domain/shared/instant.ts';
import type { Outbound } from '../ports/outbound/port.ts';
import type { Leases } from '../projections/leases/leases.ts';
import type { TidingsViewReader } from '../projections/view-access/tidings-views.ts';
import { WORKER_ROLES, type WorkerRole } from '../workers/dependencies.ts';
import { startPictures } from '../ports/pictures/pictures.ts';
import type { Pace } from '../ports/rate-limit/pace.ts';
import { NoSuchQueue, startWorkers, type Workers } from '../workers/start.ts';
import { CannotStart } from './cannot-start.ts';
import type { Config } from './config/config.ts';
import type { Core } from './core.ts';
import type { Telemetry } from './telemetry/telemetry.ts';

type Dependencies = {
  readonly core: Core;
  /** The views that queries read. */
  readonly read: Pick<TidingsViewReader, 'views' | 'waitForViews'>;
  readonly clock: () => Instant;
  readonly report: Telemetry['reportWorkers'];
  readonly leases: Leases;
  readonly outbound: Outbound;
};

/** Undefined where this process has none of their roles. Throws `CannotStart`. */
export async function startOwnWorkers(
  { core, read, clock, report, leases, outbound }: Dependencies,
  { roles: all, workers, publicUrl, senders, media }: Pick<Config, 'roles' | 'workers' | 'publicUrl' | 'senders' | 'media'>,
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
        commandGiver: core,
        views: { active: read.views, waitForViews: read.waitForViews, stored: core.views },
        jobs: core.jobs,
        ephemeral: core,
        senders: core.senders,
        outbound,
        media: mediaPorts,
        report,
        leases,
        runtime: { clock },
      },
      { ...workers, publicUrl, roles, paces: pacesOf(senders) },
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
