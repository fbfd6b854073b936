/** The table of docs/operating.md that says what works while a server is away. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const PAGE = resolve(import.meta.dirname, '../../docs/operating.md');
const HEADING = '#### What works while a server is away';

export const AWAY = ['EventStoreDB', 'MongoDB', 'Redis', 'the feed cache'] as const;
export type Away = (typeof AWAY)[number];

/** By what is tried, and by which server is away: the cell. */
export type OutageTable = ReadonlyMap<string, Readonly<Record<Away, string>>>;

/** Throws where the columns are others. */
export function readOutageTable(): OutageTable {
  const [, section = ''] = readFileSync(PAGE, 'utf8').split(`${HEADING}\n`);
  const [table = ''] = section.split('\n#');
  const lines = table.split('\n').filter((line) => line.startsWith('|'));
  const [header = [], , ...rows] = lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  if (header.slice(1).join() !== AWAY.join()) throw new Error(`The columns of “${HEADING}” are ${header.join(', ')}.`);
  return new Map(
    rows.map(([what = '', ...cells]) => [what, Object.fromEntries(AWAY.map((away, column) => [away, cells[column] ?? ''])) as Record<Away, string>]),
  );
}

/** Without what the cell says beside it: `503 log-unavailable` of “503 `log-unavailable`; the app tries again”. */
export const outcomeIn = (cell: string): string => (/^[^,:;(]*/.exec(cell)?.[0] ?? '').replaceAll('`', '').trim();
