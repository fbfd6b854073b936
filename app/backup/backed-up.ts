/** What of an embedded system is backed up, and where it is. */
import type { EventLog, LogEpoch } from '../../ports/event-log/port.ts';
import type { Vault } from '../../ports/vault/port.ts';
import type { Config } from '../config/config.ts';
import type { DataFolder } from '../data-folder.ts';
import { fingerprintOf } from '../start-checks/vault-identity.ts';
import { followErased } from './follow-erased.ts';
import type { BackupSource } from './make-backup.ts';

/** `erasedList`: in place of the one in the backup's folder. */
export type BackedUp = Omit<BackupSource, 'eventStore' | 'clock'> & { readonly dataFolder: string; readonly erasedList: string | undefined };

/** Nothing to follow where no list is named but that of a backup's folder, which each backup brings up to date. */
export function followErasedOf(
  { log, failureReporter }: { readonly log: EventLog; readonly failureReporter: (component: string) => (error: unknown) => void },
  { erasedList: path, installation, epoch }: BackedUp,
): AsyncDisposable {
  if (path === undefined) return { [Symbol.asyncDispose]: () => Promise.resolve() };
  return followErased({ log, onFailure: failureReporter('erased-list') }, { path, installation, epoch });
}

export async function backedUp(
  { vault, epoch }: { readonly vault: Vault; readonly epoch: LogEpoch },
  { vault: vaultFile }: Pick<DataFolder, 'vault'>,
  { dataFolder, media, erasedList }: Pick<Config, 'dataFolder' | 'media' | 'erasedList'>,
): Promise<BackedUp> {
  return {
    dataFolder,
    vaultFile,
    mediaFolder: media.bucket === undefined ? media.folder : undefined,
    installation: await fingerprintOf(vault),
    epoch,
    erasedList,
  };
}
