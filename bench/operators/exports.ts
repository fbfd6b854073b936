/** Exports of a running process, in each format, and what people feel of them. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openDuckDb, quoted } from '../../cli/analytics/export/duckdb.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../../cli/analytics/export/export-folder.ts';
import type { Report } from '../distributed/report.ts';
import { secondsSince } from '../shared/statistics.ts';
import { linesIn, runTidings } from './folder.ts';
import type { Load } from './load.ts';
import type { Target } from './target.ts';

/** Without regard to whoever else is served. */
const ALL = ['--share', '100'] as const;

export async function benchExports({ dataFolder, outFolder, bareEventsPerSecond }: Target, load: Load, report: Report): Promise<void> {
  await mkdir(outFolder, { recursive: true });
  const lines = join(outFolder, 'events.ndjson');
  for (const format of EXPORT_FORMATS) {
    const out = format === 'ndjson' ? lines : join(outFolder, format);
    const startedAt = performance.now();
    const { events } = await runTidings(dataFolder, 'log', 'export', '--out', out, '--format', format, ...ALL, '--json');
    const value = Number(events) / secondsSince(startedAt);
    const peer =
      format === 'ndjson' ? { name: 'the log, read bare', value: bareEventsPerSecond } : await convertBare(lines, join(outFolder, `bare.${format}`), format);
    report.figure({ name: `export as ${format}`, value, unit: 'rows/s', peer });
  }
  let made = 0;
  for (const format of EXPORT_FORMATS) {
    const once = () => runTidings(dataFolder, 'log', 'export', '--out', join(outFolder, `beside-${(made += 1)}`), '--format', format);
    await load.beside({ name: `an export as ${format}`, once }, report);
  }
}

/** DuckDB alone, from the lines to one file with all that lines have. */
async function convertBare(lines: string, to: string, format: Exclude<ExportFormat, 'ndjson'>): Promise<{ readonly name: string; readonly value: number }> {
  using duckDb = await openDuckDb();
  const startedAt = performance.now();
  await duckDb.run(`COPY (SELECT * FROM ${linesIn(lines)}) TO ${quoted(to)} (FORMAT ${format})`);
  const took = secondsSince(startedAt);
  const [rows] = (await duckDb.runAndReadAll(`SELECT count(*)::DOUBLE FROM ${linesIn(lines)}`)).getRows();
  return { name: 'DuckDB, from the lines', value: Number(rows?.[0]) / took };
}
