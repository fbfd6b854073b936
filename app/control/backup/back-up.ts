/** Makes a backup of the system that runs, or of the folder that the command line has opened, and tells who was erased in it. */
import type { ActingOperator } from '../../../domain/operators/roles.ts';
import type { Instant } from '../../../domain/shared/instant.ts';
import { isEventStoreError } from '../../../event-store/errors.ts';
import type { EventStore } from '../../../event-store/store.ts';
import { VaultDamaged } from '../../../ports/vault/port.ts';
import { readSqliteRecords } from '../../../ports/vault/sqlite-records.ts';
import type { BackedUp } from '../../backup/backed-up.ts';
import { erasedIn } from '../../backup/copy-vault.ts';
import { makeBackup, type BackupProgress, type BackupSource } from '../../backup/make-backup.ts';
import { BackupFailed } from '../../backup/manifest.ts';
import { ControlFailure, type ControlOperations, type OperationRequest, type ResponseLines } from '../protocol.ts';
import type { ReadingThreads } from '../reading/threads.ts';
import { withProgress } from '../with-progress.ts';

type Dependencies = {
  readonly eventStore: EventStore | undefined;
  /** Absent where no folder has everything. */
  readonly backedUp: BackedUp | undefined;
  readonly threads: ReadingThreads | undefined;
  readonly clock: () => Instant;
};

export const createBackupOperations = (dependencies: Dependencies) =>
  ({
    'back-up': (request, signal, by) => backUpFor(by, dependencies, request, signal),
    'list-erased': (_request, signal) => listErased(dependencies, signal),
  }) satisfies Partial<ControlOperations>;

function backUpFor(
  { operator }: ActingOperator,
  { eventStore, backedUp, threads, clock }: Dependencies,
  request: OperationRequest<'back-up'>,
  signal: AbortSignal,
): ReturnType<Required<ControlOperations>['back-up']> {
  if (operator !== 'local')
    throw new ControlFailure('forbidden', 'A backup is written by the process, wherever the folder is named: only who owns the data folder may ask for it.');
  if (eventStore === undefined || backedUp === undefined) throw onServers();
  return threads?.run({ operation: 'back-up', request, backedUp }, signal) ?? backUp({ eventStore, backedUp, clock }, request, signal);
}

type Source = { readonly eventStore: BackupSource['eventStore']; readonly backedUp: BackedUp; readonly clock: () => Instant };

export async function* backUp(
  { eventStore, backedUp, clock }: Source,
  { folder, erasedList = backedUp.erasedList, bytesPerSecondMax, media, vault }: OperationRequest<'back-up'>,
  signal: AbortSignal,
): AsyncIterable<ResponseLines['back-up']> {
  let progress: BackupProgress | undefined;
  const onProgress = (current: BackupProgress) => void (progress = current);
  const mediaFolder = media === 'left-out' ? undefined : backedUp.mediaFolder;
  const making = makeBackup({ ...backedUp, mediaFolder, eventStore, clock }, { folder, erasedList, vault, bytesPerSecondMax, signal, onProgress }).catch(
    (error: unknown) => {
      const isTold = error instanceof BackupFailed || error instanceof VaultDamaged || isEventStoreError(error);
      throw isTold ? new ControlFailure('failed', error.message, { cause: error }) : error;
    },
  );
  const result = yield* withProgress(making, () => (progress === undefined ? undefined : ({ is: 'progress', ...progress } as const)));
  yield { is: 'result', ...result };
}

/** By the vault, which knows of an erasure before the log does, and before any list. */
async function* listErased({ backedUp }: Dependencies, signal: AbortSignal): AsyncIterable<ResponseLines['list-erased']> {
  if (backedUp === undefined) throw onServers();
  const { installation, vaultFile } = backedUp;
  yield { installation, subjects: [] };
  for await (const page of readSqliteRecords(vaultFile, signal)) {
    const subjects = erasedIn(page);
    if (subjects.length > 0) yield { installation, subjects };
  }
}

const onServers = (): ControlFailure =>
  new ControlFailure('unknown', 'Servers keep this system’s data: “Backup and restore of the servers” in docs/operating.md says how they are backed up.');
