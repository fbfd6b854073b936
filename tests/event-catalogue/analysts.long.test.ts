/** The questions of docs/analysts.md, asked about a Tidings in which something has happened. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'ava';
import { parsed, runCli } from '../../cli/test-fixture.ts';
import { writeLongLog } from '../write-long-log.ts';
import { temporaryFolder } from '../start-for-test.ts';

const PAGE = readFileSync(join(resolve(import.meta.dirname, '../..'), 'docs/analysts.md'), 'utf8');
const QUERIES = new Map(Array.from(PAGE.matchAll(/^```sql ([a-z-]+)\n([\s\S]*?)^```$/gm), ([, name = '', sql = '']) => [name, sql]));
const MESSAGES = 7_500;

const stack = new AsyncDisposableStack();
const folder = stack.use(await temporaryFolder()).path;
await writeLongLog(folder, MESSAGES);
test.after.always(() => stack.disposeAsync());

async function ask(name: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { code, err, ...printed } = await runCli(folder, 'sql', QUERIES.get(name) ?? '', '--format', 'json');
  if (code !== 0) throw new Error(`${name}: ${err}`);
  return parsed(printed);
}

/** From 08:00 on a Sunday to the next morning. */
test.serial('the questions of the page are answered', async (t) => {
  t.is(QUERIES.size, 4);
  t.deepEqual(await ask('daily-active-people'), [
    { day: '2026-03-01', people: 5 }, // who registered, of whom two went on to write
    { day: '2026-03-02', people: 2 },
  ]);
  t.deepEqual(await ask('funnel-by-template'), [{ template: 'order-shipped', requested: 1, planned: 2, accepted: 1, delivered: 0, failed: 0 }]);
  t.deepEqual(await ask('response-time-in-chats'), [
    { week: '2026-02-23', answers: 4_795, median_seconds: 60, p90_seconds: 60 },
    { week: '2026-03-02', answers: 2_700, median_seconds: 60, p90_seconds: 60 },
  ]);
  t.deepEqual(await ask('retention-by-cohort'), [
    { cohort: '2026-02-23', week: 0, people: 5 },
    { cohort: '2026-02-23', week: 1, people: 2 },
  ]);
});
