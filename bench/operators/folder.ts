/** What a log is like for whoever reads it bare, and the command line on it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { quoted } from '../../cli/analytics/export/duckdb.ts';
import { openEventStore } from '../../event-store/open.ts';
import { secondsSince } from '../shared/statistics.ts';

const LINE_COLUMNS = ['log', 'position', 'stream', 'revision', 'id', 'type', 'at', 'actor', 'correlationId', 'causationId'] as const;
/** The lines of an export, as a table of DuckDB's own. */
export const linesIn = (file: string): string =>
  `read_json(${quoted(file)}, format = 'newline_delimited', columns = {${LINE_COLUMNS.map((name) => `'${name}': 'VARCHAR'`).join(', ')}, 'data': 'JSON'})`;

const ROOT = resolve(import.meta.dirname, '..', '..');

/** Reads the whole log of a folder that no process has open, and decodes nothing. */
export async function readBare(folder: string): Promise<{ readonly events: number; readonly perSecond: number }> {
  await using store = await openEventStore(join(folder, 'events'));
  const startedAt = performance.now();
  let events = 0;
  for await (const _ of store.readAll()) events += 1;
  return { events, perSecond: events / secondsSince(startedAt) };
}

/** Its last line, where that is JSON. Beside a load it is as polite as an operator can be: what it takes of a processor is nobody's who serves. */
export async function runTidings(folder: string, ...args: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const child = spawn('nice', ['-n', '19', process.execPath, 'cli/main.ts', '--data', folder, ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`tidings ${args.join(' ')} ended with ${code}: ${err}`);
  const last = out.trim().split('\n').at(-1) ?? '';
  return last.startsWith('{') ? (JSON.parse(last) as Readonly<Record<string, unknown>>) : {};
}
