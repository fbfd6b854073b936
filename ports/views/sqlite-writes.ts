/** A commit's writes as runs of one statement with many rows, each collection's in their order; collections don't depend on one another. */
import type { SQLInputValue } from 'node:sqlite';
import type { Write } from './port.ts';
import { whereSql } from './sqlite-query.ts';
import { columnOf, columnValue, columnValues, pathOf, tableOf } from './sqlite-schema.ts';

export type Run = { readonly sql: string; readonly rows: SQLInputValue[][] };
type One = { readonly sql: string; readonly row: SQLInputValue[] };
type Of<Kind extends Write['kind']> = Extract<Write, { kind: Kind }>;

/** Throws for a collection that was not prepared, and for what a document can't hold. */
export function runsOf(writes: readonly Write[], fieldsOf: (collection: string) => readonly string[]): readonly Run[] {
  const lastRuns = new Map<string, Run>();
  const runs: Run[] = [];
  const putSqls = new Map<string, string>();
  for (const write of writes) {
    const fields = fieldsOf(write.collection);
    const { sql, row } = oneOf(write, fields, putSqls);
    const last = lastRuns.get(write.collection);
    if (last?.sql === sql) {
      last.rows.push(row);
    } else {
      const run = { sql, rows: [row] };
      runs.push(run);
      lastRuns.set(write.collection, run);
    }
  }
  return runs;
}

function oneOf(write: Write, fields: readonly string[], putSqls: Map<string, string>): One {
  switch (write.kind) {
    case 'put': {
      let sql = putSqls.get(write.collection);
      if (sql === undefined) putSqls.set(write.collection, (sql = putSql(write.collection, fields)));
      return { sql, row: [write.id, JSON.stringify(write.document), JSON.stringify(write.seen), ...columnValues(fields, write.document)] };
    }
    case 'remove':
      return { sql: removeSql(write.collection, fields), row: [write.id, JSON.stringify(write.seen)] };
    case 'increment':
      return incrementOf(write, fields);
    case 'patch':
      return patchOf(write, fields);
  }
}

function putSql(collection: string, fields: readonly string[]): string {
  const columns = ['_id', 'document', 'seen', ...fields.map(columnOf)];
  const set = columns.slice(1).map((column) => `${column} = excluded.${column}`);
  return `INSERT INTO ${tableOf(collection)} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) ON CONFLICT (_id) DO UPDATE SET ${set.join(', ')}`;
}

function removeSql(collection: string, fields: readonly string[]): string {
  const set = ['document = NULL', 'seen = excluded.seen', ...fields.map((field) => `${columnOf(field)} = NULL`)];
  return `INSERT INTO ${tableOf(collection)} (_id, seen) VALUES (?, ?) ON CONFLICT (_id) DO UPDATE SET ${set.join(', ')}`;
}

function incrementOf({ collection, id, by }: Of<'increment'>, fields: readonly string[]): One {
  const names = Object.keys(by);
  const amounts = Object.values(by);
  const indexed = fields.filter((field) => field in by);
  const columns = ['_id', 'document', 'seen', ...indexed.map(columnOf)];
  const sums = names.map((field) => `${pathOf(field)}, coalesce(document ->> ${pathOf(field)}, 0) + ?`);
  const set = [`document = json_set(document, ${sums.join(', ')})`, ...indexed.map((field) => `${columnOf(field)} = coalesce(${columnOf(field)}, 0) + ?`)];
  const ofIndexed = indexed.map((field) => by[field] ?? 0);
  return {
    sql: `INSERT INTO ${tableOf(collection)} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
      ON CONFLICT (_id) DO UPDATE SET ${set.join(', ')} WHERE document IS NOT NULL`,
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
  ];
  return {
    sql: `UPDATE ${tableOf(collection)} SET ${assignments.join(', ')} WHERE ${condition.sql}`,
    row: [...names.map((field) => JSON.stringify(set[field] ?? null)), ...indexed.map((field) => columnValue(set[field])), ...condition.values],
  };
}
