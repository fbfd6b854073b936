/**
 * Deletes what the folder of a moved installation still has: its keys first, for with them everything else of it could be read. Only where
 * the servers have that very installation, and not before their log says who did it. The mark stays, so that nothing opens the folder.
 */
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { createHandling } from '../../commands/handling/handle.ts';
import { recordActionsWith } from '../../commands/operators/audit.ts';
import { LOCAL_OPERATOR } from '../../domain/operators/roles.ts';
import { instant, type Instant } from '../../domain/shared/instant.ts';
import { createCodec } from '../../ports/event-log/codec.ts';
import { openKeyring } from '../../ports/event-log/keyring.ts';
import { configFrom } from '../config/config.ts';
import { flushFolder } from '../backup/durable-files.ts';
import { LOCK_FILE, MOVED_FILE, openAnyDataFolder } from '../data-folder.ts';
import { FINGERPRINTED, fingerprintBySecret } from '../start-checks/vault-identity.ts';
import { PROGRESS_FILE } from './migrate.ts';
import { MigrationFailed } from './migration-failed.ts';
import { isWithin, realPathOf } from './places-of-folders.ts';
import { openProgress } from './progress-file.ts';
import { openTarget } from './target.ts';

type Destroying = { readonly dataFolder: string; readonly settings: Readonly<Record<string, string>>; readonly reason: string };
/** Names in the folder. `left`: what isn't Tidings', and media that the servers may have there. */
export type Destroyed = { readonly deleted: readonly string[]; readonly left: readonly string[] };

const now = (): Instant => instant(Date.now());

/** Its keys, then what they open, and last by what one knows that it was moved. What else is there is somebody else's. */
const KEYS = /^vault\.sqlite/;
const MEDIA = 'media';
const OPENED = new RegExp(`^(events|views\\.sqlite.*|outbox|${MEDIA}|analytics|admin-token|control\\.sock)$`);
const PROGRESS = new RegExp(`^${RegExp.escape(PROGRESS_FILE)}`);

/** Interrupted, it is done again. Throws `MigrationFailed`, `CannotStart`, `FolderInUse`, `ConfigFaults`. */
export function destroyOld({ dataFolder, settings, reason }: Destroying): Promise<Destroyed> {
  const config = configFrom(settings);
  return destroyIn(dataFolder, {
    mediaOfServers: config.media.bucket === undefined ? config.media.folder : undefined,
    record: () => recordOnServers({ dataFolder, config, reason }),
  });
}

type Servers = {
  /** Their folder of media as their settings name it; undefined for a bucket. */
  readonly mediaOfServers: string | undefined;
  /** Rejects where they don't have this installation. */
  readonly record: () => Promise<void>;
};

export async function destroyIn(dataFolder: string, { mediaOfServers, record }: Servers): Promise<Destroyed> {
  if (!existsSync(join(dataFolder, MOVED_FILE)))
    throw new MigrationFailed(`What is in ${dataFolder} was not moved to servers: run npx tidings migrate until it has switched.`);
  using _locked = openAnyDataFolder(dataFolder);
  const names = await readdir(dataFolder);
  const isKept = names.includes(MEDIA) && mediaOfServers !== undefined && (await mayBeOfServers(join(dataFolder, MEDIA), mediaOfServers));
  const steps = [KEYS, OPENED, PROGRESS].map((pattern) => names.filter((name) => pattern.test(name) && !(name === MEDIA && isKept)));
  const deleted = steps.flat();
  const left = names.filter((name) => !deleted.includes(name) && name !== MOVED_FILE && !name.startsWith(LOCK_FILE));
  if (mediaOfServers !== undefined) for (const name of deleted) await refuseToDelete(join(dataFolder, name), mediaOfServers);
  if (deleted.length === 0) return { deleted, left };
  await record();
  for (const step of steps) {
    for (const name of step) await rm(join(dataFolder, name), { recursive: true, force: true });
    await flushFolder(dataFolder);
  }
  return { deleted, left };
}

/** Where the servers' processes look for a path that isn't absolute depends on where they are started, which nobody knows here. */
async function mayBeOfServers(media: string, ofServers: string): Promise<boolean> {
  if (!isAbsolute(ofServers)) return true;
  const [ours, theirs] = [await realPathOf(media), await realPathOf(ofServers)];
  return isWithin(theirs, ours) || isWithin(ours, theirs);
}

/** By its name and by what links make of it: either would take the media away. */
async function refuseToDelete(path: string, ofServers: string): Promise<void> {
  if (!isWithin(resolve(ofServers), resolve(path)) && !isWithin(await realPathOf(ofServers), await realPathOf(path))) return;
  throw new MigrationFailed(`The servers keep their media in ${path}: move it out and name its new place in their settings. Nothing was deleted.`);
}

async function recordOnServers({
  dataFolder,
  config,
  reason,
}: Pick<Destroying, 'dataFolder' | 'reason'> & { readonly config: ReturnType<typeof configFrom> }): Promise<void> {
  await using target = await openTarget(config, { onError: () => () => undefined });
  const { log, vault } = target;
  const secret = await vault.get('installation-secret', FINGERPRINTED);
  if (secret === undefined || fingerprintBySecret(Buffer.from(secret.secret, 'base64')) !== installationIn(dataFolder))
    throw new MigrationFailed('The servers that these settings name have another installation than this folder, or none: nothing was deleted.');
  const handling = createHandling({ log, codec: createCodec(openKeyring(vault), now) });
  await recordActionsWith(handling, now)({ action: 'destroy-moved-folder', by: LOCAL_OPERATOR, reason });
}

function installationIn(dataFolder: string): string {
  using progress = openProgress(join(dataFolder, PROGRESS_FILE));
  return progress.fact('installation', () => '');
}
