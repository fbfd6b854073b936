/** DuckDB with every event type and every view as a table: `feed.post_published`, `views.posts`; and `log.events` with what all events have. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBType } from '@duckdb/node-api';
import { cataloguedEvents, cataloguedViews } from '../../../app/analytics/catalogue.ts';
import { EVENT_COLUMNS, tableOf, tableOfView, UNDECODABLE, type Table } from '../../../app/analytics/tables.ts';
import { CliFailure, EXIT } from '../../failure.ts';
import { fileOfView } from './analytics-folder.ts';
import { nameOf, openDuckDb, quoted, type DuckDb } from '../export/duckdb.ts';
import { manifestIn } from '../export/export-folder.ts';

const DAY_CHARACTERS = 'yyyy-mm-dd'.length;

export type SqlSession = Disposable & {
  /** Shows what was exported since. */
  refresh(): Promise<void>;
  /** Names of the columns, and the rows as they come. Throws `CliFailure` with DuckDB's sentence. */
  query(sql: string): Promise<SqlRows>;
  /** Runs the query into a file. Throws `CliFailure`. */
  writeParquet(sql: string, path: string): Promise<void>;
};

export type SqlRows = { readonly columns: readonly string[]; readonly rows: AsyncIterable<readonly unknown[]> };

export async function openSqlSession(path: string): Promise<SqlSession> {
  const duckDb = await openDuckDb();
  const refresh = () => showTables(duckDb, path);
  await refresh();
  return {
    refresh,
    query: async (sql) => {
      const result = await asked(duckDb.stream(sql));
      return { columns: result.columnNames(), rows: rowsOf(result, result.columnTypes()) };
    },
    writeParquet: async (sql, file) => void (await asked(duckDb.run(`COPY (${withoutEnd(sql)}) TO ${quoted(file)} (FORMAT parquet, COMPRESSION zstd)`))),
    [Symbol.dispose]: () => duckDb[Symbol.dispose](),
  };
}

/** Names of collections that a query speaks of. */
export function viewsIn(sql: string): readonly string[] {
  return cataloguedViews().flatMap(({ collection }) => {
    const name = collection.replaceAll('-', '_');
    return new RegExp(String.raw`\bviews"?\s*\.\s*"?${name}\b`, 'i').test(sql) ? [collection] : [];
  });
}

const withoutEnd = (sql: string): string => sql.trim().replace(/;+$/, '');

async function asked<Result>(result: Promise<Result>): Promise<Result> {
  try {
    return await result;
  } catch (error) {
    throw new CliFailure(EXIT.failed, error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** A day comes as a moment from DuckDB, and is a day here. */
async function* rowsOf(result: Awaited<ReturnType<DuckDb['stream']>>, types: readonly DuckDBType[]): AsyncIterable<readonly unknown[]> {
  const chunks = result.yieldRowsJs()[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await asked(chunks.next());
    if (done === true) return;
    for (const row of value as readonly (readonly unknown[])[])
      yield row.map((cell, column) => (cell instanceof Date && String(types[column]) === 'DATE' ? cell.toISOString().slice(0, DAY_CHARACTERS) : cell));
  }
}

async function showTables(duckDb: DuckDb, path: string): Promise<void> {
  const tables = (await manifestIn(path))?.tables ?? {};
  const events = [UNDECODABLE, ...cataloguedEvents().map(({ type }) => tableOf(type))];
  const views = cataloguedViews().flatMap(({ collection }) => tableOfView(collection) ?? []);
  const statements = new Set([...events, ...views].map(({ schema }) => `CREATE SCHEMA IF NOT EXISTS ${nameOf(schema)}`));
  for (const table of events) {
    statements.add(
      showing(
        table,
        (tables[`${table.schema}.${table.name}`] ?? []).map((part) => join(path, part)),
      ),
    );
  }
  for (const table of views)
    statements.add(
      showing(
        table,
        [fileOfView(path, table)].filter((file) => existsSync(file)),
      ),
    );
  const parts = Object.values(tables).flat();
  const all: Table = { schema: 'log', name: 'events', columns: EVENT_COLUMNS, fields: [] };
  statements.add(
    showing(
      all,
      parts.map((part) => join(path, part)),
    ),
  );
  for (const statement of statements) await duckDb.run(statement);
}

/** A table without a part has no rows; a column that older parts lack is null in them. */
function showing({ schema, name, columns }: Table, files: readonly string[]): string {
  const create = `CREATE OR REPLACE VIEW ${nameOf(schema, name)} AS`;
  const none = `SELECT ${columns.map((column) => `NULL::${column.type} AS ${nameOf(column.name)}`).join(', ')} WHERE false`;
  if (files.length === 0) return `${create} ${none}`;
  const names = columns.map((column) => nameOf(column.name)).join(', ');
  return `${create} SELECT ${names} FROM (${none} UNION ALL BY NAME SELECT * FROM read_parquet([${files.map(quoted).join(', ')}], union_by_name = true))`;
}
