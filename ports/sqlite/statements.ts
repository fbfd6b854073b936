import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

export type SqlRow = readonly (string | number | null)[];

/** Statements differ only by the shape of a query, and a program has a few hundred shapes. */
const STATEMENTS_MAX = 500;

/** Prepares each statement once; drops the least recently used one where there are too many. */
export class Statements {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Answers the number of changed rows. */
  run(sql: string, ...values: readonly SQLInputValue[]): number {
    return Number(this.#of(sql).run(...values).changes);
  }

  /** Rows as arrays, in the order of the columns asked for. */
  all(sql: string, ...values: readonly SQLInputValue[]): SqlRow[] {
    return this.#of(sql).all(...values) as unknown as SqlRow[];
  }

  /** The same rows, read one by one: a caller that stops early reads no more. */
  iterate(sql: string, ...values: readonly SQLInputValue[]): Iterable<SqlRow> {
    return this.#of(sql).iterate(...values) as unknown as Iterable<SqlRow>;
  }

  first(sql: string, ...values: readonly SQLInputValue[]): SqlRow | undefined {
    return this.#of(sql).get(...values) as unknown as SqlRow | undefined;
  }

  #of(sql: string): StatementSync {
    let statement = this.#prepared.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      statement.setReturnArrays(true);
      if (this.#prepared.size >= STATEMENTS_MAX) this.#prepared.delete(this.#prepared.keys().next().value ?? '');
    } else {
      this.#prepared.delete(sql);
    }
    this.#prepared.set(sql, statement);
    return statement;
  }
}
