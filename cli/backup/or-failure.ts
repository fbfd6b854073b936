import { CliFailure, EXIT } from '../failure.ts';

/** What says what is wrong is for the operator; anything else is a fault of ours. */
export async function orFailure<Value>(work: () => Promise<Value>): Promise<Value> {
  const { BackupFailed } = await import('../../app/backup/manifest.ts');
  const { ConfigFaults } = await import('../../app/config/read-settings.ts');
  const { MigrationFailed } = await import('../../app/migrate/migration-failed.ts');
  const { CannotStart } = await import('../../app/cannot-start.ts');
  const { FolderInUse } = await import('../../app/data-folder.ts');
  try {
    return await work();
  } catch (error) {
    if (error instanceof ConfigFaults) throw new CliFailure(EXIT.usage, error.faults.join('\n'), { cause: error });
    if (error instanceof BackupFailed || error instanceof MigrationFailed) throw new CliFailure(EXIT.failed, error.message, { cause: error });
    if (error instanceof CannotStart || error instanceof FolderInUse) throw new CliFailure(EXIT.unreachable, error.message, { cause: error });
    throw error;
  }
}
