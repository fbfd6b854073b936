/**
 * Moves an embedded installation to servers. While its process runs, what there is is copied; once nothing has the folder open but this,
 * what came since, every stream is compared, and the servers' log begins another epoch, for its positions are others. From then on the
 * folder opens no more: two of one installation would split. What was interrupted goes on.
 */
import { join } from 'node:path';
import { createHandling } from '../../commands/handling/handle.ts';
import type { Instant } from '../../domain/shared/instant.ts';
import type { EventStore } from '../../event-store/store.ts';
import { createCodec } from '../../ports/event-log/codec.ts';
import type { EventLog } from '../../ports/event-log/port.ts';
import { openKeyring } from '../../ports/event-log/keyring.ts';
import { writeWhole } from '../backup/durable-files.ts';
import { MOVED_FILE } from '../data-folder.ts';
import { recordRestore } from '../start-checks/log-epoch.ts';
import { fingerprintOf } from '../start-checks/vault-identity.ts';
import { copyEvents } from './copy-events.ts';
import { copyObjects } from './copy-objects.ts';
import { copyRecords } from './copy-records.ts';
import { isTruncatedIn, truncateInTarget } from './forgotten-streams.ts';
import { MigrationFailed } from './migration-failed.ts';
import { moveCheckpoints, moveDeadLetters } from './places.ts';
import { openProgress, type MigrationProgress } from './progress-file.ts';
import type { Target } from './target.ts';
import { compareStreams } from './verify-streams.ts';

export const PROGRESS_FILE = 'migrating.sqlite';

export type MigrationSource = {
  readonly eventStore: EventStore;
  readonly dataFolder: string;
  readonly vaultFile: string;
  /** Undefined where media is in a bucket: the servers' processes name the same one. */
  readonly mediaFolder: string | undefined;
  readonly installation: string;
  /** Nothing else has the folder open, and nothing is appended meanwhile. */
  readonly isAlone: boolean;
  readonly clock: () => Instant;
};

export type MigrateOptions = { readonly signal?: AbortSignal; readonly onProgress?: (progress: MigrateProgress) => void };
export type MigrateProgress = {
  readonly next: number;
  readonly head: number;
  readonly records: number;
  readonly objects: number;
  readonly comparing: boolean;
};
/** `switched`: the servers are the installation now. Otherwise stop its process and go on; `events` were copied until then. */
export type MigrateResult = {
  readonly switched: boolean;
  readonly events: number;
  readonly records: number;
  readonly objects: number;
  readonly compared: number | null;
};

/** Throws `MigrationFailed`, and outages of the servers. */
export async function migrate(source: MigrationSource, target: Target, options: MigrateOptions): Promise<MigrateResult> {
  const { signal, onProgress = () => undefined } = options;
  using progress = openProgress(join(source.dataFolder, PROGRESS_FILE));
  await assertOurTarget(source, target, progress);
  let told: MigrateProgress = { next: progress.place().source + 1, head: (source.eventStore.head() ?? -1) + 1, records: 0, objects: 0, comparing: false };
  const tell = (change: Partial<MigrateProgress>) => onProgress((told = { ...told, ...change }));

  const events = await copyEvents({ source: source.eventStore, target: target.log, progress }, { signal, onCopied: ({ next }) => tell({ next }) });
  const pass = progress.nextPass();
  const records = await copyRecords(source.vaultFile, { vault: target.vault, progress }, { pass, signal, onCopied: (count) => tell({ records: count }) });
  const objects = await copyObjects(source.mediaFolder, { ...target, progress }, { pass, signal, onCopied: (count) => tell({ objects: count }) });
  if (!source.isAlone) return { switched: false, events, records, objects, compared: null };
  tell({ comparing: true });
  const compared = await compare(source, target, signal);
  await truncateInTarget(source.eventStore, target.log, signal);
  await begin(source, target, progress);
  await writeWhole(join(source.dataFolder, MOVED_FILE), ({ write }) => write(Buffer.from(`${JSON.stringify({ movedAt: source.clock() })}\n`)));
  return { switched: true, events, records, objects, compared };
}

/** The servers are empty, or have what an interrupted migration of this folder has brought. */
async function assertOurTarget({ installation }: MigrationSource, { log, vault }: Target, progress: MigrationProgress): Promise<void> {
  const isBegun = progress.fact('installation', () => installation) === installation && progress.place().target !== undefined;
  if (isBegun) return;
  for (const name of log.logs) for await (const _ of log.readAll(name, { limit: 1 })) throw notEmpty();
  const secret = await vault.get('installation-secret', 'login-names');
  if (secret !== undefined && (await fingerprintOf(vault)) !== installation) throw notEmpty();
}

const notEmpty = () => new MigrationFailed('The servers have an installation already: name empty ones, for nothing of it would be readable any more.');

async function compare({ eventStore }: MigrationSource, { log }: Target, signal: AbortSignal | undefined): Promise<number> {
  const { events, differing } = await compareStreams(
    () => eventStore.readAll(),
    () => everyEventOf(log),
    signal,
    isTruncatedIn(eventStore),
  );
  if (differing.length > 0) throw new MigrationFailed(`On the servers these streams differ, and nothing was switched: ${differing.join(', ')}.`);
  return events;
}

async function* everyEventOf(log: EventLog) {
  for (const name of log.logs) yield* log.readAll(name);
}

/** What the servers' processes begin from. */
async function begin({ eventStore, clock }: MigrationSource, { log, vault, shards }: Target, progress: MigrationProgress): Promise<void> {
  const codec = createCodec(openKeyring(vault), clock);
  await moveDeadLetters(eventStore, log);
  await moveCheckpoints({ source: eventStore, target: createHandling({ log, codec }), progress, clock }, { logs: log.logs.length, shards });
  const switchedAt = progress.fact('switched-at', clock) as Instant;
  await recordRestore({ log, codec, clock }, switchedAt);
}
