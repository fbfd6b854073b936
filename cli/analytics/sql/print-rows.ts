/** Prints the rows of a query. */
import { tableOf } from '../../table.ts';
import type { Terminal } from '../../terminal.ts';
import { csvLine } from '../export/csv.ts';
import type { SqlRows } from './sql-session.ts';

export const PRINTED_FORMATS = ['table', 'csv', 'json'] as const;
export type PrintedFormat = (typeof PRINTED_FORMATS)[number];

/** A table is made as wide as its cells, which must be known before; the other formats have no bound. */
const TABLE_ROWS_MAX = 1_000;

export async function printRows({ columns, rows }: SqlRows, format: PrintedFormat, terminal: Terminal): Promise<void> {
  switch (format) {
    case 'table':
      return await printTable({ columns, rows }, terminal);
    case 'csv':
      await terminal.print(csvLine(columns));
      for await (const row of rows) await terminal.print(csvLine(row.map(plain)));
      return;
    case 'json':
      for await (const row of rows) await terminal.print(JSON.stringify(Object.fromEntries(columns.map((name, index) => [name, plain(row[index])]))));
      return;
  }
}

async function printTable({ columns, rows }: SqlRows, terminal: Terminal): Promise<void> {
  const shown: string[][] = [];
  let isMore = false;
  for await (const row of rows) {
    isMore = shown.length === TABLE_ROWS_MAX;
    if (isMore) break;
    shown.push(row.map(cellOf));
  }
  for (const line of tableOf(columns, shown)) await terminal.print(line);
  if (isMore) terminal.say(`Only the first ${TABLE_ROWS_MAX} rows are shown; --format csv or json has them all.`);
}

function cellOf(value: unknown): string {
  const held = plain(value);
  if (held === null) return '-';
  return typeof held === 'string' ? held : JSON.stringify(held);
}

/** As JSON has it. A whole number that JavaScript can't hold exactly is text. */
function plain(value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (value instanceof Map) return Object.fromEntries(Array.from(value, ([key, held]) => [String(key), plain(held)]));
  if (typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, plain(held)]));
  return value;
}
