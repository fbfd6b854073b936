/** What shares the work of projections and sweeps with the other processes of the installation, where there may be others. Throws `CannotStart`. */
import { randomUUID } from 'node:crypto';
import type { Broadcast } from '../ports/broadcast/port.ts';
import type { ViewStore } from '../ports/views/port.ts';
import type { Leases } from '../projections/leases/leases.ts';
import { startSharedLeases } from '../projections/leases/shared-leases.ts';
import { soleHolder } from '../projections/leases/sole-holder.ts';
import { noHints, startPositionHints, type PositionHints } from '../projections/progress/position-hints.ts';
import { reportPassedOver, tellNobody, type PassedOverReporter } from '../projections/progress/passed-over.ts';
import { trackProgress, type RunnerProgress } from '../projections/progress/progress.ts';
import { recordShards, ShardsDiffer } from '../projections/progress/shards.ts';
import { CannotStart } from './cannot-start.ts';
import type { Config } from './config/config.ts';

export type Sharing = AsyncDisposable & {
  readonly leases: Leases;
  readonly passedOver: PassedOverReporter;
  readonly progress: RunnerProgress;
  readonly hints: PositionHints;
};

type Dependencies = {
  readonly views: ViewStore;
  readonly broadcast: Pick<Broadcast, 'publish' | 'listen' | 'onGap'>;
  readonly onFailure: (error: unknown) => void;
};

type SharingConfig = Pick<Config, 'servers' | 'leaseRenewMs' | 'projectionShards'>;

export async function startSharing(
  { views, broadcast, onFailure }: Dependencies,
  { servers, leaseRenewMs, projectionShards: shards }: SharingConfig,
): Promise<Sharing> {
  try {
    await recordShards(views, { shards });
  } catch (error) {
    throw error instanceof ShardsDiffer ? new CannotStart(`${error.message} See TIDINGS_PROJECTION_SHARDS.`, { cause: error }) : error;
  }
  const progress = trackProgress();
  if (servers === undefined) return { leases: soleHolder(), passedOver: tellNobody, progress, hints: noHints, [Symbol.asyncDispose]: async () => undefined };
  await using starting = new AsyncDisposableStack();
  const process = randomUUID();
  const leases = starting.use(await startSharedLeases({ views, onFailure }, { process, renewMs: leaseRenewMs }));
  const hints = starting.use(startPositionHints(broadcast));
  const passedOver = starting.use(reportPassedOver(views, { process, onTold: () => hints.tell() }));
  const told: RunnerProgress = {
    ...progress,
    advance: (unit, position) => {
      progress.advance(unit, position);
      hints.tell();
    },
  };
  const started = starting.move();
  return { leases, passedOver, progress: told, hints, [Symbol.asyncDispose]: () => started[Symbol.asyncDispose]() };
}
