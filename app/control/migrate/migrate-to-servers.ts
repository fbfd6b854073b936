/** Moves the installation of a data folder to servers, or copies what there is while its process runs. */
import type { ActingOperator } from '../../../domain/operators/roles.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import type { EventStore } from '../../../event-store/store.ts';
import { Outage } from '../../../ports/outage.ts';
import type { BackedUp } from '../../backup/backed-up.ts';
import { CannotStart } from '../../cannot-start.ts';
import { configFrom } from '../../config/config.ts';
import { ConfigFaults } from '../../config/read-settings.ts';
import type { MigrateOptions, MigrateProgress, MigrateResult, MigrationSource } from '../../migrate/migrate.ts';
import { ControlFailure, type OperationRequest, type ResponseLines } from '../protocol.ts';
import { withProgress } from '../with-progress.ts';

type Dependencies = {
  readonly eventStore: EventStore | undefined;
  readonly backedUp: BackedUp | undefined;
  readonly isAlone: boolean;
  readonly clock: () => Instant;
};

export async function* migrateToServers(
  { eventStore, backedUp, isAlone, clock }: Dependencies,
  { settings }: OperationRequest<'migrate'>,
  signal: AbortSignal,
  { operator }: ActingOperator,
): AsyncIterable<ResponseLines['migrate']> {
  if (operator !== 'local') throw new ControlFailure('forbidden', 'Only who owns the data folder may move what is in it.');
  if (eventStore === undefined || backedUp === undefined) throw new ControlFailure('unknown', 'What there is is on servers already.');
  let progress: MigrateProgress | undefined;
  const onProgress = (current: MigrateProgress) => void (progress = current);
  const moving = move({ ...backedUp, eventStore, isAlone, clock }, settings, { signal, onProgress });
  const result = yield* withProgress(moving, () => (progress === undefined ? undefined : ({ is: 'progress', ...progress } as const)));
  yield { is: 'result', ...result };
}

/** The clients of servers are loaded only for this. */
async function move(source: MigrationSource, settings: Readonly<Record<string, string>>, options: MigrateOptions): Promise<MigrateResult> {
  const { MigrationFailed } = await import('../../migrate/migration-failed.ts');
  try {
    const [{ migrate }, { openTarget }] = [await import('../../migrate/migrate.ts'), await import('../../migrate/target.ts')];
    await using target = await openTarget(configFrom(settings), { onError: () => () => undefined });
    return await migrate(source, target, options);
  } catch (error) {
    if (error instanceof ConfigFaults) throw new ControlFailure('bad-request', error.faults.join('\n'), { cause: error });
    if (error instanceof MigrationFailed || error instanceof CannotStart) throw new ControlFailure('failed', error.message, { cause: error });
    if (error instanceof Outage) throw new ControlFailure('failed', `A server was away: ${error.message} Run it again, and it goes on.`, { cause: error });
    throw error;
  }
}
