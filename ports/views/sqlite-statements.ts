/** A commit's writes as runs of one statement with many rows, each collection's in their order; collections don't depend on one another. */
import type { SQLInputValue } from 'node:sqlite';
import type { DocumentWrite } from './port.ts';
import { whereSql } from './sqlite-query.ts';
import { columnOf, columnValue, columnValues, pathOf, tableOf } from './sqlite-schema.ts';

/** `guarded`: where a row changes nothing, its document was overtaken. */
export type StatementRun = { readonly sql: string; readonly guarded: boolean; readonly rows: SQLInputValue[][] };
type One = { readonly sql: string; readonly guarded: boolean; readonly row: SQLInputValue[] };
type Of<Kind extends DocumentWrite['kind']> = Extract<DocumentWrite, { kind: Kind }>;

/** Throws for a collection that was not prepared, and for what a document can't hold. */
export function runsOf(writes: readonly DocumentWrite[], fieldsOf: (collection: string) => readonly string[]): readonly StatementRun[] {
  const lastRuns = new Map<string, StatementRun>();
  const runs: StatementRun[] = [];
  const sqls = new Map<string, string>();
  for (const write of writes) {
    const { sql, guarded, row } = oneOf(write, fieldsOf(write.collection), sqls);
    const last = lastRuns.get(write.collection);
    if (last?.sql === sql) {
      last.rows.push(row);
    } else {
      const run = { sql, guarded, rows: [row] };
      runs.push(run);
      lastRuns.set(write.collection, run);
    }
  }
  return runs;
}

/** `sqls` keeps the text of what is written most, by collection. */
function oneOf(write: DocumentWrite, fields: readonly string[], sqls: Map<string, string>): One {
  switch (write.kind) {
    case 'put': {
      const guarded = write.expectedVersion !== undefined;
      const key = guarded ? `${write.collection} guarded` : write.collection;
      let sql = sqls.get(key);
      if (sql === undefined) sqls.set(key, (sql = `${putSql(write.collection, fields)}${guarded ? OVER : ''}`));
      return {
        sql,
        guarded,
        row: [write.id, JSON.stringify(write.document), JSON.stringify(write.seen), ...columnValues(fields, write.document), ...overOf(write)],
      };
    }
    case 'remove': {
      const guarded = write.expectedVersion !== undefined;
      return {
        sql: `${removeSql(write.collection, fields)}${guarded ? OVER : ''}`,
        guarded,
        row: [write.id, JSON.stringify(write.seen), ...overOf(write)],
      };
    }
    case 'increment':
      return incrementOf(write, fields);
    case 'patch':
      return patchOf(write, fields);
  }
}

/** A row that is there stands at some version; one that is not is at 0, and is made. */
const OVER = ' WHERE version = ?';
const overOf = ({ expectedVersion }: Of<'put' | 'remove'>): readonly number[] => (expectedVersion === undefined ? [] : [expectedVersion]);
const ONE_MORE = 'version = version + 1';

function putSql(collection: string, fields: readonly string[]): string {
  const columns = ['_id', 'document', 'seen', ...fields.map(columnOf)];
  const set = [...columns.slice(1).map((column) => `${column} = excluded.${column}`), ONE_MORE];
  return `INSERT INTO ${tableOf(collection)} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) ON CONFLICT (_id) DO UPDATE SET ${set.join(', ')}`;
}

function removeSql(collection: string, fields: readonly string[]): string {
  const set = ['document = NULL', 'seen = excluded.seen', ...fields.map((field) => `${columnOf(field)} = NULL`), ONE_MORE];
  return `INSERT INTO ${tableOf(collection)} (_id, seen) VALUES (?, ?) ON CONFLICT (_id) DO UPDATE SET ${set.join(', ')}`;
}

function incrementOf({ collection, id, by }: Of<'increment'>, fields: readonly string[]): One {
  const names = Object.keys(by);
  const amounts = Object.values(by);
  const indexed = fields.filter((field) => field in by);
  const columns = ['_id', 'document', 'seen', ...indexed.map(columnOf)];
  const sums = names.map((field) => `${pathOf(field)}, coalesce(document ->> ${pathOf(field)}, 0) + ?`);
  const set = [
    `document = json_set(document, ${sums.join(', ')})`,
    ...indexed.map((field) => `${columnOf(field)} = coalesce(${columnOf(field)}, 0) + ?`),
    ONE_MORE,
  ];
  const ofIndexed = indexed.map((field) => by[field] ?? 0);
  return {
    sql: `INSERT INTO ${tableOf(collection)} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
      ON CONFLICT (_id) DO UPDATE SET ${set.join(', ')} WHERE document IS NOT NULL`,
    guarded: false,
    row: [id, JSON.stringify(by), '{}', ...ofIndexed, ...amounts, ...ofIndexed],
  };
}

function patchOf({ collection, where, set }: Of<'patch'>, fields: readonly string[]): One {
  const condition = whereSql({ collection, fields }, where);
  const names = Object.keys(set);
  const indexed = fields.filter((field) => field in set);
  const assignments = [
    `document = json_set(document, ${names.map((field) => `${pathOf(field)}, json(?)`).join(', ')})`,
    ...indexed.map((field) => `${columnOf(field)} = ?`),
    ONE_MORE,
  ];
  return {
    sql: `UPDATE ${tableOf(collection)} SET ${assignments.join(', ')} WHERE ${condition.sql}`,
    guarded: false,
    row: [...names.map((field) => JSON.stringify(set[field] ?? null)), ...indexed.map((field) => columnValue(set[field])), ...condition.values],
  };
}
