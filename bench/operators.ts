/**
 * What analysts, workers outside and operators get, and what people feel of it: exports beside a running system, changes to subscribers, a
 * backup, SQL over a log, each beside a peer in the same run: `npm run bench:operators [-- --events 1000000] [--sql-events 10000000]
 * [--only export,sql] [--json file] [--quick]`. The figures are goals, never assertions.
 */
import { Command, InvalidArgumentError } from 'commander';
import { openReport, type Report } from './distributed/report.ts';
import { benchBackup } from './operators/backup.ts';
import { benchChanges } from './operators/changes.ts';
import { benchExports } from './operators/exports.ts';
import { openLoad, type Load } from './operators/load.ts';
import { EVENTS, sizesOf } from './operators/sizes.ts';
import { benchSql } from './operators/sql.ts';
import { startTarget, type Target } from './operators/target.ts';

/** On one system, in this order: nobody writes yet when changes are told. */
const ON_A_SYSTEM: Readonly<Record<string, (target: Target, report: Report, load: () => Promise<Load>) => Promise<void>>> = {
  changes: benchChanges,
  backup: async (target, report, load) => benchBackup(target, await load(), report),
  export: async (target, report, load) => benchExports(target, await load(), report),
};
const SECTIONS = [...Object.keys(ON_A_SYSTEM), 'sql'];

const options = new Command('bench:operators')
  .description('Measure exports, changes, backups and SQL, each figure beside a peer in the same run.')
  .option('--events <n>', `in the log (default: ${EVENTS})`, count)
  .option('--sql-events <n>', 'in the log that SQL is asked about (default: as many)', count)
  .option('--only <sections>', `some of ${SECTIONS.join(',')}`, sections, SECTIONS)
  .option('--json <file>', 'keep the figures in this file')
  .option('--quick', 'very little of everything, to see whether it works', false)
  .parse()
  .opts<{ readonly events?: number; readonly sqlEvents?: number; readonly only: readonly string[]; readonly json?: string; readonly quick: boolean }>();

const { quick: isQuick, json: file, only, ...given } = options;
const sizes = sizesOf({ isQuick, ...given });
const report = openReport({ isQuick, file, command: 'npm run bench:operators' });
const wanted = Object.keys(ON_A_SYSTEM).filter((name) => only.includes(name));
if (wanted.length > 0) await benchOnASystem(wanted);
if (only.includes('sql')) await benchSql(sizes, report.of('sql')).catch((error: unknown) => report.fail('sql', error));
process.exitCode = Object.keys(report.results().failures).length > 0 ? 1 : 0;

async function benchOnASystem(names: readonly string[]): Promise<void> {
  const of = report.of('system');
  await using target = await startTarget(sizes, (text) => of.progress(text));
  await using loads = new AsyncDisposableStack();
  let opened: Promise<Load> | undefined;
  const load = () => (opened ??= openLoad(target, sizes.load).then((one) => loads.use(one)));
  for (const name of names) {
    try {
      await ON_A_SYSTEM[name]?.(target, report.of(name), load);
    } catch (error) {
      report.fail(name, error);
    }
  }
}

function count(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new InvalidArgumentError('It must be a whole number of events.');
  return number;
}

function sections(text: string): readonly string[] {
  const named = text.split(',');
  const unknown = named.filter((name) => !SECTIONS.includes(name));
  if (unknown.length > 0) throw new InvalidArgumentError(`There is no section ${unknown.join(', ')}.`);
  return named;
}
