/** Formats rows under headings, each on one line, and clips long cells; `--json` shows them whole. */
import { excerptOf } from '../domain/shared/text/excerpt.ts';

const COLUMN_CHARACTERS_MAX = 100;

export function tableOf(headings: readonly string[], rows: readonly (readonly (string | number)[])[]): readonly string[] {
  const last = headings.length - 1;
  const all = [headings, ...rows].map((row) => row.map((cell, column) => (column === last ? onOneLine(cell) : clipped(onOneLine(cell)))));
  const widths = headings.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

const onOneLine = (cell: string | number): string => String(cell).replaceAll(/\s+/g, ' ');

const clipped = (cell: string): string => excerptOf(cell, COLUMN_CHARACTERS_MAX);
