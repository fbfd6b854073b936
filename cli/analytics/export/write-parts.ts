/** Writes rows as parts of tables. What has gathered is in memory, so a chunk is bounded by its characters. */
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LogLine } from '../../../app/control/log-line.ts';
import type { Table } from '../../../app/analytics/tables.ts';
import { csvLine } from './csv.ts';
import { nameOf, openDuckDb, quoted, type DuckDb } from './duckdb.ts';
import type { ExportFormat, NewPart, Partition } from './export-folder.ts';
import { rowOf } from './rows.ts';

const OWNER_ONLY = 0o600;
export type PartWriter = Disposable & {
  add(event: LogLine): void;
  /** Of what waits to be written. */
  readonly characters: number;
  /** Writes what has gathered into `folder`, and names the parts, which are of this chunk. */
  write(folder: string, chunk: number): Promise<readonly NewPart[]>;
};

type Gathered = { readonly table: Table; readonly place: string; readonly lines: string[] };

/** Throws `CliFailure` where Parquet can't be written here. */
export async function openPartWriter(format: ExportFormat, partitionBy: Partition): Promise<PartWriter> {
  const duckDb = format === 'parquet' ? await openDuckDb() : undefined;
  let gathered = new Map<string, Gathered>();
  let characters = 0;
  return {
    add: (event) => {
      const { table, day, values } = rowOf(event);
      const name = `${table.schema}.${table.name}`;
      const place = partitionBy === 'day' ? `${name}/day=${day}` : name;
      const line = format === 'csv' ? csvLine(table.columns.map((column) => values[column.name])) : JSON.stringify(format === 'ndjson' ? event : values);
      const group = gathered.get(place) ?? { table, place, lines: [] };
      gathered.set(place, group);
      group.lines.push(line);
      characters += line.length;
    },
    get characters() {
      return characters;
    },
    write: async (folder, chunk) => {
      const parts: NewPart[] = [];
      for (const { table, place, lines } of gathered.values()) {
        const from = `${parts.length}.${format}`;
        const file = join(folder, from);
        if (format === 'csv') lines.unshift(csvLine(table.columns.map(({ name }) => name)));
        await writeLines(duckDb === undefined ? file : `${file}.rows`, lines);
        if (duckDb !== undefined) {
          await toParquet(duckDb, { rows: `${file}.rows`, file, table });
          await rm(`${file}.rows`);
        }
        parts.push({ table: `${table.schema}.${table.name}`, from, to: `${place}/part-${String(chunk).padStart(6, '0')}.${format}` });
      }
      gathered = new Map();
      characters = 0;
      return parts;
    },
    [Symbol.dispose]: () => duckDb?.[Symbol.dispose](),
  };
}

async function writeLines(path: string, lines: readonly string[]): Promise<void> {
  await using file = await open(path, 'w', OWNER_ONLY);
  await file.writeFile(`${lines.join('\n')}\n`);
}

async function toParquet(duckDb: DuckDb, { rows, file, table }: { readonly rows: string; readonly file: string; readonly table: Table }): Promise<void> {
  await duckDb.run(`COPY (SELECT * FROM ${rowsIn(rows, table)}) TO ${quoted(file)} (FORMAT parquet, COMPRESSION zstd)`);
}

/** A file with a JSON object a line, as DuckDB reads it. */
export function rowsIn(path: string, { columns }: Pick<Table, 'columns'>): string {
  const typed = columns.map(({ name, type }) => `${nameOf(name)}: ${quoted(type)}`).join(', ');
  return `read_json(${quoted(path)}, format = 'newline_delimited', columns = {${typed}})`;
}
