/** Questions in SQL about a log that no process has open. */
import { join } from 'node:path';
import { openDuckDb } from '../../cli/analytics/export/duckdb.ts';
import { openSqlSession } from '../../cli/analytics/sql/sql-session.ts';
import { writeLongLog } from '../../tests/write-long-log.ts';
import { temporaryFolder } from '../../tests/start-for-test.ts';
import type { Report } from '../distributed/report.ts';
import { median, secondsSince } from '../shared/statistics.ts';
import { linesIn, readBare, runTidings } from './folder.ts';
import type { Sizes } from './sizes.ts';

const ROUNDS = 5;
/** The same of the tables and of the lines of an export. */
const QUESTIONS = [
  {
    name: 'active people by day',
    ours: 'select occurred_at::date as day, count(distinct actor) from log.events group by day order by day',
    bare: (lines: string) => `select "at"::timestamptz::date as day, count(distinct actor) from ${lines} group by day order by day`,
  },
  {
    name: 'messages by channel',
    ours: 'select channel, count(*) from chat.message_posted group by channel order by 2 desc',
    bare: (lines: string) =>
      `select data->>'channel' as channel, count(*) from ${lines} where type = 'chat.message-posted.v1' group by channel order by 2 desc`,
  },
] as const;

export async function benchSql({ sqlEvents }: Sizes, report: Report): Promise<void> {
  await using folder = await temporaryFolder();
  const [dataFolder, linesFile] = [join(folder.path, 'data'), join(folder.path, 'events.ndjson')];
  report.progress(`${sqlEvents} events are written`);
  await writeLongLog(dataFolder, sqlEvents);
  const bare = await readBare(dataFolder);
  const startedAt = performance.now();
  await runTidings(dataFolder, 'sql', 'select count(*) from log.events', '--format', 'json');
  report.figure({
    name: `the first question about ${bare.events} events, with making the tables`,
    value: bare.events / secondsSince(startedAt),
    unit: 'events/s',
    peer: { name: 'the log, read bare', value: bare.perSecond },
  });
  await runTidings(dataFolder, 'log', 'export', '--out', linesFile);
  const lines = linesIn(linesFile);

  using session = await openSqlSession(join(dataFolder, 'analytics'));
  using duckDb = await openDuckDb();
  for (const { name, ours, bare: ofLines } of QUESTIONS) {
    const value = await medianMs(async () => {
      for await (const _ of (await session.query(ours)).rows);
    });
    const peer = await medianMs(async () => void (await duckDb.runAndReadAll(ofLines(lines))));
    report.figure({ name, value, unit: 'ms', peer: { name: 'DuckDB over the lines of an export', value: peer }, goal: { of: 'ratio', most: 1 } });
  }
}

async function medianMs(ask: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  while (times.length < ROUNDS) {
    const startedAt = performance.now();
    await ask();
    times.push(performance.now() - startedAt);
  }
  return median(times);
}
