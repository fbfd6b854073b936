/** Brings an export in a folder up to date: reads what is new in the log, and writes it as parts of tables, chunk by chunk. */
import type { Position } from '../../../ports/event-log/port.ts';
import type { ControlClient } from '../../control-client.ts';
import type { Terminal } from '../../terminal.ts';
import { openExportFolder, type ExportFolder, type ExportFormat, type ExportSettings, type Partition } from './export-folder.ts';
import { listLogs, readExport, type ExportScope } from './read-export.ts';
import { openPartWriter, type PartWriter } from './write-parts.ts';

export const PART_EVENTS_MAX = 100_000;
/** Copies of what other events say; not exported unless they are asked for. */
const SNAPSHOTS = 'operations.snapshot-';
const CHUNK_CHARACTERS_MAX = 32 * 1_048_576;

type Wanted = {
  readonly path: string;
  readonly format: ExportFormat;
  readonly partitionBy: Partition;
  readonly scope: ExportScope;
  readonly partEventsMax?: number;
  readonly isBegunAgain?: boolean;
};
export type ExportedTables = { readonly events: number; readonly all: number; readonly place: Position | null };

/** Throws `CliFailure`. `upTo`: does more with the folder while it is locked. */
export async function exportTables(
  { client, terminal }: { readonly client: ControlClient; readonly terminal: Terminal },
  { path, format, partitionBy, scope, partEventsMax = PART_EVENTS_MAX, isBegunAgain = false }: Wanted,
  upTo: (folder: ExportFolder) => Promise<void> = async () => undefined,
): Promise<ExportedTables> {
  const logs = await listLogs(client, scope.log);
  using writer = await openPartWriter(format, partitionBy);
  using folder = await openExportFolder(path, { settings: settingsOf({ format, partitionBy, scope }), epoch: logs[0]?.epoch ?? 0, isBegunAgain });
  const before = folder.manifest().events;
  let [events, place, waiting] = [before, folder.manifest().place, 0];
  const commit = async () => {
    await commitChunk(folder, writer, { place, events });
    waiting = 0;
  };
  for await (const item of readExport(client, logs, { after: place ?? undefined, scope, terminal })) {
    if (item.is === 'event') {
      if (scope.types === undefined && item.event.type.startsWith(SNAPSHOTS)) continue;
      writer.add(item.event);
      events += 1;
      waiting += 1;
    } else {
      ({ place } = item); // only here may a chunk end: everything up to this place is in it
      if (waiting >= partEventsMax || writer.characters >= CHUNK_CHARACTERS_MAX) await commit();
    }
  }
  if (place !== folder.manifest().place) await commit();
  await upTo(folder);
  return { events: events - before, all: events, place };
}

async function commitChunk(folder: ExportFolder, writer: PartWriter, reached: { readonly place: Position | null; readonly events: number }): Promise<void> {
  const parts = await writer.write(folder.writing, folder.manifest().chunks + 1);
  await folder.commit({ parts, ...reached });
}

export const settingsOf = ({ format, partitionBy, scope }: Omit<Wanted, 'path'>): ExportSettings => ({
  format,
  partitionBy,
  log: scope.log ?? null,
  types: scope.types?.toSorted() ?? null,
  streams: scope.streams?.toSorted() ?? null,
  from: scope.from ?? null,
  to: scope.to ?? null,
  personal: scope.reveal === true ? 'revealed' : 'hidden',
  pseudonyms: scope.pseudonyms?.fingerprint ?? null,
});
