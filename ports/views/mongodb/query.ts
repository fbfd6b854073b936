/** A query as a filter, an order and a projection of MongoDB. Every field it names must be in an index of the collection. */
import type { Document as Bson, Filter, Sort } from 'mongodb';
import { indexedValue, pathOf, type StoredRow } from './rows.ts';
import { boundsOf, QUERY_LIMIT_MAX, QUERY_LIST_MAX, type Bound, type DocumentQuery, type Scalar } from '../port.ts';

export type TargetCollection = { readonly collection: string; readonly fields: readonly string[] };
type Range = NonNullable<DocumentQuery['range']>;
export type MongoQuery = { readonly filter: Filter<StoredRow>; readonly sort: Sort; readonly limit: number };

export function mongoQuery(target: TargetCollection, { where = {}, range, order = {}, limit }: DocumentQuery): MongoQuery {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > QUERY_LIMIT_MAX) {
    throw new RangeError(`A query’s limit is between 1 and ${QUERY_LIMIT_MAX}, not ${limit}.`);
  }
  return { filter: filterOf(target, where, range), sort: sortOf(target, order), limit };
}

/** Tombstones are told by the first field of every index. */
export function filterOf(target: TargetCollection, where: NonNullable<DocumentQuery['where']>, range?: Range): Filter<StoredRow> {
  const filter: Bson = { live: true };
  for (const [field, value] of Object.entries(where)) {
    const path = indexed(target, field);
    filter[path] = isList(value) ? { $in: listed(field, value) } : valueOf(field, value);
  }
  if (range === undefined) return filter;
  const path = indexed(target, range.field);
  const equal: unknown = filter[path];
  const isCondition = Array.isArray(where[range.field]);
  filter[path] = { ...(equal === undefined ? {} : isCondition ? (equal as Bson) : { $eq: equal }), ...within(range) };
  return filter;
}

/** The id is the document's own, and a text. */
const valueOf = (field: string, value: Scalar): unknown => (field === '_id' ? value : indexedValue(value));

function listed(field: string, list: readonly Scalar[]): readonly unknown[] {
  if (list.length > QUERY_LIST_MAX) throw new RangeError(`A list in a query has at most ${QUERY_LIST_MAX} values, not ${list.length}.`);
  return list.map((value) => valueOf(field, value));
}

/** MongoDB compares only values of one type: an open end is closed where the bound's own type ends. */
function within(range: Range): Bson {
  const { lower, upper, isLowerIn, isUpperIn } = boundsOf(range);
  return {
    ...(lower === undefined ? {} : { [isLowerIn ? '$gte' : '$gt']: lower }),
    ...(upper === undefined ? {} : isUpperIn ? upTo(upper, lower) : { $lt: upper }),
  };
}

/**
 * Everything up to the bound is everything below the next value of its type, and true is the last of its own. `$lte` means the same, but
 * SecantusDB leaves out the bound itself where the index goes on with further fields.
 */
function upTo(bound: Bound, lower: Bound | undefined): Bson {
  if (bound === true) return lower === undefined ? { $gte: false } : {};
  if (bound === false) return { $lt: true };
  return { $lt: typeof bound === 'string' ? `${bound}\u0000` : nextNumber(bound) };
}

/** The smallest one that is larger. */
function nextNumber(number: number): number {
  if (number === 0) return Number.MIN_VALUE;
  const bits = new BigInt64Array(1);
  const numbers = new Float64Array(bits.buffer);
  numbers[0] = number;
  bits[0] = (bits[0] ?? 0n) + (number > 0 ? 1n : -1n);
  return numbers[0];
}

function sortOf(target: TargetCollection, order: NonNullable<DocumentQuery['order']>): Sort {
  const terms = Object.entries(order).map(([field, direction]) => [indexed(target, field), direction] as const);
  const last = terms.at(-1);
  if (last !== undefined && !terms.some(([path]) => path === '_id')) terms.push(['_id', last[1]]);
  return Object.fromEntries(terms);
}

/** The path of an indexed field in a row. */
export function indexed({ collection, fields }: TargetCollection, field: string): string {
  if (field !== '_id' && !fields.includes(field)) throw new TypeError(`No index of ${collection} names ${field}.`);
  return pathOf(field);
}

const isList = (value: Scalar | readonly Scalar[]): value is readonly Scalar[] => Array.isArray(value);
