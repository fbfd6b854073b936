/** A commit's writes as runs of one statement with many rows, in order within each collection; collections don't depend on one another. */
import type { SQLInputValue } from 'node:sqlite';
import type { Document, DocumentWrite } from '../port.ts';
import { whereSql } from './query.ts';
import { SUM_FUNCTION, sumOf } from './sums.ts';
import { columnOf, columnValue, columnValues, jsonPathOf, tableNameOf } from './schema.ts';

/** `isConditional`: where a row changes nothing, its document is no longer at the expected version. */
export type StatementRun = { readonly sql: string; readonly isConditional: boolean; readonly rows: SQLInputValue[][] };
type WriteStatement = { readonly sql: string; readonly isConditional: boolean; readonly row: SQLInputValue[] };
type WriteOf<Kind extends DocumentWrite['kind']> = Extract<DocumentWrite, { kind: Kind }>;

/** Throws for a collection that was not prepared, and for values that a document can't hold. */
export function statementRunsOf(writes: readonly DocumentWrite[], fieldsOf: (collection: string) => readonly string[]): readonly StatementRun[] {
  const lastRuns = new Map<string, StatementRun>();
  const runs: StatementRun[] = [];
  for (const write of writes) {
    const { sql, isConditional, row } = statementOf(write, fieldsOf(write.collection));
    const last = lastRuns.get(write.collection);
    if (last?.sql === sql) {
      last.rows.push(row);
    } else {
      const run = { sql, isConditional, rows: [row] };
      runs.push(run);
      lastRuns.set(write.collection, run);
    }
  }
  return runs;
}

function statementOf(write: DocumentWrite, fields: readonly string[]): WriteStatement {
  switch (write.kind) {
    case 'put': {
      const isConditional = write.expectedVersion !== undefined;
      const { put, putAtVersion } = putSqlsOf(write.collection, fields);
      return {
        sql: isConditional ? putAtVersion : put,
        isConditional,
        row: [
          ...summed(write.id, JSON.stringify(write.document), JSON.stringify(write.seen), positionIn(write.document)),
          ...columnValues(fields, write.document),
          ...expectedVersionOf(write),
        ],
      };
    }
    case 'remove': {
      const isConditional = write.expectedVersion !== undefined;
      return {
        sql: `${removeSql(write.collection, fields)}${isConditional ? AT_EXPECTED_VERSION : ''}`,
        isConditional,
        row: [...summed(write.id, null, JSON.stringify(write.seen), write.position ?? null), ...expectedVersionOf(write)],
      };
    }
    case 'increment':
      return incrementOf(write, fields);
    case 'patch':
      return patchOf(write, fields);
  }
}

/** An existing row has some version; a missing one counts as version 0 and is inserted. */
const AT_EXPECTED_VERSION = ' WHERE version = ?';
const expectedVersionOf = ({ expectedVersion }: WriteOf<'put' | 'remove'>): readonly number[] => (expectedVersion === undefined ? [] : [expectedVersion]);
const NEXT_VERSION = 'version = version + 1';

/** The columns that every row has, in the order of `summed`. */
const OWN_COLUMNS = ['_id', 'document', 'seen', 'position', 'sum'];
const summed = (id: string, document: string | null, seen: string, position: string | null): readonly SQLInputValue[] => [
  id,
  document,
  seen,
  position,
  sumOf(id, document, seen, position),
];
const positionIn = ({ position }: Document): string | null => (typeof position === 'string' ? position : null);
/** Of a row whose document becomes `document`, and whose position becomes `position`, both SQL expressions. */
const changed = (document: string, position = 'position'): readonly string[] => [
  `document = ${document}`,
  `position = ${position}`,
  `sum = ${SUM_FUNCTION}(_id, ${document}, seen, ${position})`,
];

type PutSqls = { readonly collection: string; readonly put: string; readonly putAtVersion: string };
/** By the fields of a collection, which are one list until they change. */
const putSqls = new WeakMap<readonly string[], PutSqls>();

function putSqlsOf(collection: string, fields: readonly string[]): PutSqls {
  const known = putSqls.get(fields);
  if (known?.collection === collection) return known;
  const put = putSql(collection, fields);
  const made = { collection, put, putAtVersion: `${put}${AT_EXPECTED_VERSION}` };
  putSqls.set(fields, made);
  return made;
}

function putSql(collection: string, fields: readonly string[]): string {
  const columns = [...OWN_COLUMNS, ...fields.map(columnOf)];
  const set = [...columns.slice(1).map((column) => `${column} = excluded.${column}`), NEXT_VERSION];
  return `INSERT INTO ${tableNameOf(collection)} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')}) ON CONFLICT (_id) DO UPDATE SET ${set.join(', ')}`;
}

function removeSql(collection: string, fields: readonly string[]): string {
  const set = [...OWN_COLUMNS.slice(1).map((column) => `${column} = excluded.${column}`), ...fields.map((field) => `${columnOf(field)} = NULL`), NEXT_VERSION];
  return `INSERT INTO ${tableNameOf(collection)} (${OWN_COLUMNS.join(', ')}) VALUES (${OWN_COLUMNS.map(() => '?').join(', ')}) ON CONFLICT (_id) DO UPDATE SET ${set.join(', ')}`;
}

function incrementOf({ collection, id, by, position }: WriteOf<'increment'>, fields: readonly string[]): WriteStatement {
  const names = Object.keys(by);
  const amounts = Object.values(by);
  const indexed = fields.filter((field) => field in by);
  const movesIndex = position !== undefined && fields.includes('position');
  const columns = [...OWN_COLUMNS, ...indexed.map(columnOf), ...(movesIndex ? [columnOf('position')] : [])];
  const totals = names.map((field) => `${jsonPathOf(field)}, coalesce(document ->> ${jsonPathOf(field)}, 0) + ?`);
  const moved = position === undefined ? [] : [`${jsonPathOf('position')}, ?`];
  const document = `json_set(document, ${[...totals, ...moved].join(', ')})`;
  const set = [
    ...changed(document, position === undefined ? 'position' : '?'),
    ...indexed.map((field) => `${columnOf(field)} = coalesce(${columnOf(field)}, 0) + ?`),
    ...(movesIndex ? [`${columnOf('position')} = ?`] : []),
    NEXT_VERSION,
  ];
  const at = position === undefined ? [] : [position];
  const atIndex = movesIndex ? at : [];
  const ofIndexed = indexed.map((field) => by[field] ?? 0);
  return {
    sql: `INSERT INTO ${tableNameOf(collection)} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
      ON CONFLICT (_id) DO UPDATE SET ${set.join(', ')} WHERE document IS NOT NULL`,
    isConditional: false,
    row: [
      ...summed(id, JSON.stringify(position === undefined ? by : { ...by, position }), '{}', position ?? null),
      ...ofIndexed,
      ...atIndex,
      ...amounts,
      ...at,
      ...at, // the position's own column
      ...amounts,
      ...at,
      ...at, // twice again for the sum
      ...ofIndexed,
      ...atIndex,
    ],
  };
}

function patchOf({ collection, where, set, ids }: WriteOf<'patch'>, fields: readonly string[]): WriteStatement {
  const condition = whereSql({ collection, fields }, where, ids && { field: '_id', ...ids });
  const names = Object.keys(set);
  const indexed = fields.filter((field) => field in set);
  const document = `json_set(document, ${names.map((field) => `${jsonPathOf(field)}, json(?)`).join(', ')})`;
  const values = names.map((field) => JSON.stringify(set[field] ?? null));
  const at = 'position' in set ? [positionIn(set)] : [];
  const assignments = [...changed(document, at.length > 0 ? '?' : 'position'), ...indexed.map((field) => `${columnOf(field)} = ?`), NEXT_VERSION];
  return {
    sql: `UPDATE ${tableNameOf(collection)} SET ${assignments.join(', ')} WHERE ${condition.sql}`,
    isConditional: false,
    row: [...values, ...at, ...values, ...at, ...indexed.map((field) => columnValue(set[field])), ...condition.values],
  };
}
