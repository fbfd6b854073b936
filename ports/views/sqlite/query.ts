/** A query as SQL. Every field it names must be in an index of the collection, so that no query scans a whole table unnoticed. */
import type { SQLInputValue } from 'node:sqlite';
import { boundsOf, QUERY_LIMIT_MAX, QUERY_LIST_MAX, type Bound, type DocumentQuery, type Scalar } from '../port.ts';
import { CHECKED_COLUMNS } from './sums.ts';
import { columnOf, columnValue, FALSE_SQL, tableNameOf, TRUE_SQL } from './schema.ts';

export type Sql = { readonly sql: string; readonly values: readonly SQLInputValue[] };
type TargetCollection = { readonly collection: string; readonly fields: readonly string[] };
type Condition = { readonly sql: string; readonly values: readonly SQLInputValue[] };
type Range = NonNullable<DocumentQuery['range']>;

/** Rows of `CHECKED_COLUMNS`. */
export const findSql = (target: TargetCollection, query: DocumentQuery): Sql => selectSql(target, CHECKED_COLUMNS, query);

/** Rows of the one field. The index has only documents that exist, so SQLite opens no row of the table for it. */
export const pluckSql = (target: TargetCollection, field: string, query: DocumentQuery): Sql => selectSql(target, indexed(target, field), query);

function selectSql(target: TargetCollection, columns: string, { where = {}, range, order = {}, limit }: DocumentQuery): Sql {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > QUERY_LIMIT_MAX) {
    throw new RangeError(`A query’s limit is between 1 and ${QUERY_LIMIT_MAX}, not ${limit}.`);
  }
  const conditions = [...equalities(target, where), ...(range === undefined ? [] : [within(target, range)])];
  return {
    sql: `SELECT ${columns} FROM ${tableNameOf(target.collection)} WHERE ${conjunction(conditions)}${ordering(target, order)} LIMIT ?`,
    values: [...conditions.flatMap(({ values }) => values), limit],
  };
}

export function countSql(target: TargetCollection, where: DocumentQuery['where'] = {}): Sql {
  const conditions = equalities(target, where);
  return { sql: `SELECT count(*) FROM ${tableNameOf(target.collection)} WHERE ${conjunction(conditions)}`, values: conditions.flatMap(({ values }) => values) };
}

/** For any other statement with a condition: the text after its WHERE. */
export function whereSql(target: TargetCollection, where: Readonly<Record<string, Scalar>>, range?: Range): Sql {
  const conditions = [...equalities(target, where), ...(range === undefined ? [] : [within(target, range)])];
  return { sql: conjunction(conditions), values: conditions.flatMap(({ values }) => values) };
}

const conjunction = (conditions: readonly Condition[]) => ['document IS NOT NULL', ...conditions.map(({ sql }) => sql)].join(' AND ');

function equalities(target: TargetCollection, where: NonNullable<DocumentQuery['where']>): readonly Condition[] {
  return Object.entries(where).map(([field, value]) => {
    const column = indexed(target, field);
    if (isList(value)) return oneOf(column, value);
    return value === null ? { sql: `${column} IS NULL`, values: [] } : { sql: `${column} = ?`, values: [columnValue(value)] };
  });
}

/** The same SQL whatever the length of the list, so that the statement is prepared once. */
function oneOf(column: string, list: readonly Scalar[]): Condition {
  if (list.length > QUERY_LIST_MAX) throw new RangeError(`A list in a query has at most ${QUERY_LIST_MAX} values, not ${list.length}.`);
  const among = `${column} IN (SELECT CASE type WHEN 'false' THEN ${FALSE_SQL} WHEN 'true' THEN ${TRUE_SQL} ELSE value END FROM json_each(?))`;
  return {
    sql: list.includes(null) ? `(${among} OR ${column} IS NULL)` : among,
    values: [JSON.stringify(list.filter((value) => value !== null).map((value) => (typeof value === 'string' ? value.toWellFormed() : value)))],
  };
}

/** Text sorts above every number, and all else above every text: an open end is closed where the bound's own type ends. */
function within(target: TargetCollection, range: Range): Condition {
  const column = indexed(target, range.field);
  const { lower, upper, isLowerIn, isUpperIn } = boundsOf(range);
  const [lowest, highest] = endsOf(column, (lower ?? upper) as Bound);
  const bounds = [
    lower === undefined ? { sql: lowest, values: [] } : { sql: `${column} ${isLowerIn ? '>=' : '>'} ?`, values: [columnValue(lower)] },
    upper === undefined ? { sql: highest, values: [] } : { sql: `${column} ${isUpperIn ? '<=' : '<'} ?`, values: [columnValue(upper)] },
  ];
  return { sql: bounds.map(({ sql }) => sql).join(' AND '), values: bounds.flatMap(({ values }) => values) };
}

function endsOf(column: string, bound: Bound): readonly [lowest: string, highest: string] {
  if (typeof bound === 'string') return [`${column} >= ''`, `${column} < x''`];
  return typeof bound === 'number' ? [`${column} IS NOT NULL`, `${column} < ''`] : [`${column} >= ${FALSE_SQL}`, `${column} <= ${TRUE_SQL}`];
}

function ordering(target: TargetCollection, order: NonNullable<DocumentQuery['order']>): string {
  const terms = Object.entries(order).map(([field, direction]) => ({ column: indexed(target, field), direction: direction === 1 ? 'ASC' : 'DESC' }));
  if (terms.length === 0) return '';
  const ids = terms.some(({ column }) => column === '_id') ? [] : [{ column: '_id', direction: terms.at(-1)?.direction }];
  return ` ORDER BY ${[...terms, ...ids].map(({ column, direction }) => `${column} ${direction}`).join(', ')}`;
}

function indexed({ collection, fields }: TargetCollection, field: string): string {
  if (field !== '_id' && !fields.includes(field)) throw new TypeError(`No index of ${collection} names ${field}.`);
  return columnOf(field);
}

const isList = (value: Scalar | readonly Scalar[]): value is readonly Scalar[] => Array.isArray(value);
