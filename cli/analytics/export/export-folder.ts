/**
 * A folder with an export: a table for each event type, of parts in the format asked for, and `export.json`, which says how far it has
 * come and which parts are of it. Parts are written beside and put into their places, and then `export.json` is replaced: an export that is
 * killed at any moment goes on from the last place, and what it had begun after that is taken away first.
 */
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isLockTaken, takeLock } from '../../../app/data-folder.ts';
import type { LogEpoch, Position } from '../../../ports/event-log/port.ts';
import { CliFailure, EXIT } from '../../failure.ts';

export const EXPORT_FORMATS = ['ndjson', 'csv', 'parquet'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];
export const PARTITIONS = ['type', 'day'] as const;
export type Partition = (typeof PARTITIONS)[number];

/** What an export is of: going on with another would make one table of two things. */
export type ExportSettings = {
  readonly format: ExportFormat;
  readonly partitionBy: Partition;
  readonly log: string | null;
  readonly types: readonly string[] | null;
  readonly streams: readonly string[] | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly personal: 'hidden' | 'revealed';
  /** Of the key of the pseudonyms. */
  readonly pseudonyms: string | null;
};

export type ExportManifest = {
  readonly export: 'tidings';
  readonly version: 1;
  readonly settings: ExportSettings;
  readonly epoch: LogEpoch;
  readonly place: Position | null;
  readonly events: number;
  /** How many times parts were added: they are named by it. */
  readonly chunks: number;
  /** By table, such as `feed.post_published`: its parts, from the folder. */
  readonly tables: Readonly<Record<string, readonly string[]>>;
};

/** A part that is ready to be put into its place; `from` stands in `writing`. */
export type NewPart = { readonly table: string; readonly from: string; readonly to: string };

export type ExportFolder = Disposable & {
  readonly path: string;
  /** Where parts are written before they are put into their places. */
  readonly writing: string;
  manifest(): ExportManifest;
  /** Adds parts and takes others away, together with how far the export is then. Those that are away are removed when the folder is opened next: somebody may be reading them. */
  commit(change: {
    readonly parts: readonly NewPart[];
    readonly without?: readonly string[];
    readonly place: Position | null;
    readonly events: number;
  }): Promise<void>;
};

const MANIFEST = 'export.json';
const WRITING = '.writing';
const LOCK_WAIT_MS = 60_000;
const LOCK_POLL_MS = 100;
const LOCK = '.lock';
const FOLDER_MODE = 0o700;
const OWNER_ONLY = 0o600;
const PART = /^part-\d+\.(ndjson|csv|parquet)$/;

/** `isBegunAgain`: whether an export of the log before it was restored gives way to a new one. */
type Opening = { readonly settings: ExportSettings; readonly epoch: LogEpoch; readonly isBegunAgain?: boolean };

/** Throws `CliFailure` for a folder with something else, and for one that another process is writing to. */
export async function openExportFolder(path: string, { settings, epoch, isBegunAgain = false }: Opening): Promise<ExportFolder> {
  await makeFolder(path);
  await checkIsOurs(path);
  const lock = await lockOf(path);
  try {
    let manifest = (await manifestIn(path)) ?? (await beginIn(path, { settings, epoch }));
    checkIsSame(manifest.settings, settings, { path, another: 'folder' });
    if (manifest.epoch !== epoch) {
      if (!isBegunAgain) throw isOfLogBefore({ path, another: 'folder' });
      manifest = await beginIn(path, { settings, epoch }); // its parts are leftovers now; what else is in the folder isn't ours
    }
    await removeLeftovers(path, manifest);
    const writing = join(path, WRITING);
    return {
      path,
      writing,
      manifest: () => manifest,
      commit: async ({ parts, without = [], place, events }) => {
        for (const { from, to } of parts) {
          await syncFile(join(writing, from));
          await mkdir(dirname(join(path, to)), { recursive: true, mode: FOLDER_MODE });
          await rename(join(writing, from), join(path, to));
        }
        const tables = withParts(manifest.tables, parts, without);
        manifest = { ...manifest, place, events, chunks: manifest.chunks + (parts.length === 0 ? 0 : 1), tables };
        await writeManifest(path, manifest);
      },
      [Symbol.dispose]: () => lock.close(),
    };
  } catch (error) {
    lock.close();
    throw error;
  }
}

/** Undefined where the folder has no export. Throws `CliFailure` for another file of that name. */
export async function manifestIn(path: string): Promise<ExportManifest | undefined> {
  if (!existsSync(join(path, MANIFEST))) return undefined;
  const text = await readFile(join(path, MANIFEST), 'utf8');
  try {
    const manifest = JSON.parse(text) as Partial<ExportManifest>;
    if (manifest.export === 'tidings' && manifest.version === 1) return manifest as ExportManifest;
  } catch {
    // told below
  }
  throw new CliFailure(EXIT.failed, `${join(path, MANIFEST)} is of no export of this version; it was left as it is. Name another folder with --out.`);
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: FOLDER_MODE });
  } catch (error) {
    throw new CliFailure(EXIT.failed, `${path} can’t be written: ${String(error)}`, { cause: error });
  }
}

/** Another export that is about to end is waited for. */
async function lockOf(path: string): Promise<{ close(): void }> {
  try {
    for (const end = performance.now() + LOCK_WAIT_MS; ; await delay(LOCK_POLL_MS)) {
      try {
        return takeLock(join(path, LOCK));
      } catch (error) {
        if (!isLockTaken(error) || performance.now() > end) throw error;
      }
    }
  } catch (error) {
    if (isLockTaken(error)) throw new CliFailure(EXIT.failed, `Another process is exporting to ${path}; try again once it has ended.`, { cause: error });
    throw new CliFailure(EXIT.failed, `${path} can’t be written: ${String(error)}`, { cause: error });
  }
}

/** Throws `CliFailure`. */
async function checkIsOurs(path: string): Promise<void> {
  if (existsSync(join(path, MANIFEST))) return;
  const [other] = (await readdir(path)).filter((name) => ![LOCK, WRITING, MANIFEST].some((own) => name.startsWith(own)));
  if (other !== undefined)
    throw new CliFailure(EXIT.failed, `${path} has other files, such as ${other}; they were left as they are. Name another folder with --out.`);
}

async function beginIn(path: string, { settings, epoch }: { readonly settings: ExportSettings; readonly epoch: LogEpoch }): Promise<ExportManifest> {
  const manifest: ExportManifest = { export: 'tidings', version: 1, settings, epoch, place: null, events: 0, chunks: 0, tables: {} };
  await writeManifest(path, manifest);
  return manifest;
}

type Place = { readonly path: string; readonly another: 'file' | 'folder' };

/** Throws `CliFailure`. */
export function checkIsSame(before: ExportSettings, asked: ExportSettings, { path, another }: Place): void {
  const differing = (Object.keys(asked) as (keyof ExportSettings)[]).filter((name) => JSON.stringify(before[name]) !== JSON.stringify(asked[name]));
  if (differing.length > 0) {
    const was = differing.map((name) => `${name} ${JSON.stringify(before[name] ?? null)}`).join(', ');
    throw new CliFailure(EXIT.failed, `${path} was begun with ${was}. Go on with the same, or name another ${another} with --out.`);
  }
}

export const isOfLogBefore = ({ path, another }: Place): CliFailure =>
  new CliFailure(
    EXIT.failed,
    `The log was restored from a backup since ${path} was begun: events in it may be of no log any more. Begin again in another ${another}.`,
  );

/** Parts that were put into their places, and never told of, or are none of it any more. */
async function removeLeftovers(path: string, { tables }: ExportManifest): Promise<void> {
  await rm(join(path, WRITING), { recursive: true, force: true });
  await mkdir(join(path, WRITING), { mode: FOLDER_MODE });
  const known = new Set(Object.values(tables).flat());
  for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
    const part = join(entry.parentPath, entry.name).slice(join(path, '/').length);
    if (entry.isFile() && PART.test(entry.name) && !known.has(part)) await rm(join(path, part));
  }
}

function withParts(tables: ExportManifest['tables'], parts: readonly NewPart[], without: readonly string[]): ExportManifest['tables'] {
  const gone = new Set(without);
  const all = new Map(Object.entries(tables).map(([table, known]) => [table, known.filter((part) => !gone.has(part))]));
  for (const { table, to } of parts) all.set(table, [...(all.get(table) ?? []), to]);
  return Object.fromEntries(all);
}

const writeManifest = (path: string, manifest: ExportManifest): Promise<void> => writeFacts(join(path, MANIFEST), manifest);

/** Whatever interrupts it, the file has what it had or all of this. */
export async function writeFacts(path: string, facts: object): Promise<void> {
  await writeFile(`${path}.new`, `${JSON.stringify(facts)}\n`, { mode: OWNER_ONLY, flush: true });
  await rename(`${path}.new`, path);
}

async function syncFile(path: string): Promise<void> {
  await using file = await open(path, 'r+');
  await file.sync();
}
