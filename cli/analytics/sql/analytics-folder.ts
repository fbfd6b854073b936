/**
 * The tables that SQL is asked about: an export of everything as Parquet, brought up to date before a query, sealed as it is in the log;
 * and the views, as they were when a query last named them.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cataloguedViews } from '../../../app/analytics/catalogue.ts';
import { tableOfView, type Table } from '../../../app/analytics/tables.ts';
import type { ControlClient } from '../../control-client.ts';
import { CliFailure, EXIT } from '../../failure.ts';
import type { Terminal } from '../../terminal.ts';
import { openDuckDb, quoted } from '../export/duckdb.ts';
import { manifestIn, type ExportFolder, type NewPart } from '../export/export-folder.ts';
import { exportTables } from '../export/export-tables.ts';
import { listLogs } from '../export/read-export.ts';
import { rowsIn } from '../export/write-parts.ts';

const FOLDER_MODE = 0o700;
const OWNER_ONLY = 0o600;
/** A table of more parts than these becomes one: each query adds some. */
const PARTS_MAX = 16;
const WRITE_CHARACTERS = 1_048_576;
const VIEWS = 'views';

type Reached = { readonly client: ControlClient; readonly terminal: Terminal };

/** A log that was restored is another history: its export begins again. Only what is ours is removed: whoever asks may keep other things there. */
export async function updateAnalytics(reached: Reached, { path, share }: { readonly path: string; readonly share: number }): Promise<void> {
  const [log] = await listLogs(reached.client);
  const before = await manifestIn(path);
  await exportTables(reached, { path, format: 'parquet', partitionBy: 'type', scope: { share }, isBegunAgain: true }, mergeParts);
  if (before !== undefined && before.epoch !== log?.epoch) await removeViews(path);
}

async function removeViews(path: string): Promise<void> {
  for (const { collection } of cataloguedViews()) {
    const table = tableOfView(collection);
    if (table !== undefined) await rm(fileOfView(path, table), { force: true });
  }
}

async function mergeParts(folder: ExportFolder): Promise<void> {
  const { tables, chunks, place, events } = folder.manifest();
  const many = Object.entries(tables).filter(([, parts]) => parts.length > PARTS_MAX);
  if (many.length === 0) return;
  using duckDb = await openDuckDb();
  const parts: NewPart[] = [];
  for (const [table, old] of many) {
    const from = `merged-${parts.length}.parquet`;
    const files = old.map((part) => quoted(join(folder.path, part))).join(', ');
    await duckDb.run(
      `COPY (SELECT * FROM read_parquet([${files}], union_by_name = true)) TO ${quoted(join(folder.writing, from))} (FORMAT parquet, COMPRESSION zstd)`,
    );
    parts.push({ table, from, to: `${table}/part-${String(chunks + 1).padStart(6, '0')}.parquet` });
  }
  await folder.commit({ parts, without: many.flatMap(([, old]) => old), place, events });
}

/** Throws `CliFailure` for a view that there isn't. */
export async function updateView(
  { client, terminal }: Reached,
  collection: string,
  { path, share }: { readonly path: string; readonly share: number },
): Promise<void> {
  const table = tableOfView(collection);
  if (table === undefined) throw new CliFailure(EXIT.usage, `There is no view ${collection}.`);
  await mkdir(join(path, VIEWS), { recursive: true, mode: FOLDER_MODE });
  const file = fileOfView(path, table);
  const rows = `${file}.${randomUUID()}.rows`;
  try {
    await writeRows(client.call('export-view', { collection, share }), rows, table, (documents) =>
      terminal.progress(`${documents} documents of ${collection} read`),
    );
    using duckDb = await openDuckDb();
    await duckDb.run(`COPY (SELECT * FROM ${rowsIn(rows, table)}) TO ${quoted(`${rows}.parquet`)} (FORMAT parquet, COMPRESSION zstd)`);
    await rename(`${rows}.parquet`, file);
  } finally {
    await rm(rows, { force: true });
    await rm(`${rows}.parquet`, { force: true });
  }
}

export const fileOfView = (path: string, { name }: Pick<Table, 'name'>): string => join(path, VIEWS, `${name}.parquet`);

async function writeRows(
  documents: AsyncIterable<{ readonly id: string; readonly document: Readonly<Record<string, unknown>> }>,
  path: string,
  { fields }: Table,
  tell: (documents: number) => void,
): Promise<void> {
  await using file = await open(path, 'w', OWNER_ONLY);
  let unwritten = '';
  let count = 0;
  for await (const { id, document } of documents) {
    unwritten += `${JSON.stringify({ id, ...Object.fromEntries(fields.map(({ name, field }) => [name, document[field] ?? null])) })}\n`;
    tell((count += 1));
    if (unwritten.length < WRITE_CHARACTERS) continue;
    await file.appendFile(unwritten);
    unwritten = '';
  }
  await file.appendFile(unwritten);
}
