/**
 * The fault table: many messages are requested while the vendor fails in one way, or while the process is killed. Of all acknowledged
 * requests no message may be lost, and none may come twice but those marked 'may repeat'; with a vendor that resolves attempts, none
 * at all.
 */
import test from 'ava';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { NotificationId } from '../../../domain/shared/ids.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS, plus } from '../../../domain/shared/instant.ts';
import type { Behaviour } from '../../../ports/sender/outbox/behaviour.ts';
import { startWorkersForTest, START } from '../../test-fixture.ts';
import { deliveriesIn, startDeliveriesForTest, sentBy } from '../test-fixture.ts';
import { tally, type FaultRow } from './tally.ts';
import { CONFIG, RECIPIENTS, requestNumbered, REQUESTS, type Actors } from './requests.ts';

/** By the real clock, and much more than anything takes on a busy machine. */
const TABLE_TIMEOUT_MS = 10 * MINUTE_MS;
const PATIENCE_MS = 3 * MINUTE_MS;
const MESSAGES = 200;
const PEOPLE = 20;
/** Of 5,000 messages: while many are still to be planned, and while all that is left is to be sent. */
const [EARLY, LATE] = [200, 2_500];

type Fault = { readonly name: string; readonly fault: Behaviour; readonly forMs: number; readonly resolvesAttempts?: true };
const LOST_ANSWER = { name: 'accepted, answer lost, 10 s', fault: { does: 'lose-answer' }, forMs: 10 * SECOND_MS } as const;
const FAULTS: readonly Fault[] = [
  { name: '429 with Retry-After, 10 s', fault: { does: 'limit-rate', retryAfterMs: 2_000 }, forMs: 10 * SECOND_MS },
  { name: '503, 30 s', fault: { does: 'be-unavailable' }, forMs: 30 * SECOND_MS },
  { name: '503, 2 h', fault: { does: 'be-unavailable' }, forMs: 2 * HOUR_MS },
  { name: 'hang, 10 s', fault: { does: 'hang' }, forMs: 10 * SECOND_MS },
  { name: 'connection dropped, 10 s', fault: { does: 'drop-connection' }, forMs: 10 * SECOND_MS },
  { name: 'our account refused, 1 min', fault: { does: 'refuse-account' }, forMs: MINUTE_MS },
  LOST_ANSWER,
  { ...LOST_ANSWER, name: `${LOST_ANSWER.name}; resolved`, resolvesAttempts: true },
];

test('whatever the vendor does, and whenever the process is killed, no message is lost, and none comes twice but those that are marked', async (t) => {
  t.timeout(TABLE_TIMEOUT_MS);
  t.log(`${'fault'.padEnd(40)}${['of', 'lost', 'doubled', 'unmarked', "'may repeat'"].map((head) => head.padStart(13)).join('')}`);
  const addRow = (name: string, row: FaultRow) => {
    const unmarked = row.doubled - row.doubledMarked;
    t.log(`${name.padEnd(40)}${[row.deliveries, row.lost, row.doubled, unmarked, row.marked].map((count) => String(count).padStart(13)).join('')}`);
    t.deepEqual({ name, lost: row.lost, unmarked }, { name, lost: 0, unmarked: 0 });
    return row;
  };
  for (const fault of FAULTS) {
    const { doubled, marked } = addRow(fault.name, await runVendorFault(fault));
    if (fault.resolvesAttempts === true) t.deepEqual([doubled, marked], [0, 0], 'the vendor resolved the attempts');
    else if (fault.fault.does !== 'lose-answer') t.is(doubled, 0, 'no failed attempt was accepted');
    else t.true(doubled > 0, 'the fault struck');
  }
  addRow(`kill -9 after ${EARLY}`, await runKilled({ after: EARLY }));
  addRow(`kill -9 after ${LATE}`, await runKilled({ after: LATE }));
  const { doubled, marked } = addRow(`kill -9 after ${LATE}; resolved`, await runKilled({ after: LATE, resolvesAttempts: true }));
  t.deepEqual([doubled, marked], [0, 0]);
});

async function runVendorFault({ fault, forMs, resolvesAttempts }: Fault): Promise<FaultRow> {
  await using all = await startDeliveriesForTest(PEOPLE, {}, resolvesAttempts === undefined ? {} : { resolvesAttempts });
  await all.work.outbox.behave({ push: { ...fault, extent: { forMs } } });
  const requests = Array.from({ length: MESSAGES }, (_, n) => all.request({ recipients: all.recipients.slice(n % PEOPLE, (n % PEOPLE) + 1) }));
  const notifications = await Promise.all(requests);
  const deliveries = await all.untilEnded(notifications, { count: MESSAGES, stepMs: Math.max(5_000, forMs / 100) });
  return tally(MESSAGES, deliveries, await all.sent());
}

/** Killed `after` so many messages. */
type Killing = Pick<Fault, 'resolvesAttempts'> & { readonly after: number };

/** Another process requests 5,000 messages, and sends them, until it is killed; this one continues, and repeats the requests that got no answer. */
async function runKilled({ after, resolvesAttempts }: Killing): Promise<FaultRow> {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-killed-'));
  try {
    const { actors, acknowledged } = await killedIn(folder, after, resolvesAttempts === true ? ['resolves-attempts'] : []);
    const options = { folder, startAt: plus(START, MINUTE_MS), ...(resolvesAttempts === undefined ? {} : { resolvesAttempts }) };
    await using work = await startWorkersForTest(CONFIG, options);
    const notifications = [...acknowledged];
    for (let n = 0; n < REQUESTS; n++) {
      const id = await requestNumbered(work, actors, n);
      if (n < acknowledged.length && acknowledged[n] !== id) throw new Error(`Request ${n} became ${acknowledged[n]}, and then ${id}.`);
      if (n >= acknowledged.length) notifications.push(id);
    }
    const count = REQUESTS * RECIPIENTS;
    const ended = async () => (await deliveriesIn(work, notifications)).filter(({ status }) => status === 'accepted').length === count;
    await work.advanceUntil(ended, { stepMs: 10_000, patienceMs: HOUR_MS });
    await work.time.advance(HOUR_MS);
    await work.untilIdle();
    return tally(count, await deliveriesIn(work, notifications), await sentBy(work.outbox));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Killed = { readonly actors: Actors; readonly acknowledged: readonly NotificationId[] };

async function killedIn(folder: string, after: number, args: readonly string[]): Promise<Killed> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.resolve('./killed-process.ts')), folder, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stderr.pipe(process.stderr);
  const exited = once(child, 'exit');
  const lines: unknown[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => void lines.push(JSON.parse(line)));
  const closed = once(child.stdout, 'close');
  const sent = async () => (await readdir(join(folder, 'outbox', 'push')).catch(() => [])).length;
  const giveUpAt = performance.now() + PATIENCE_MS;
  while (child.exitCode === null && (await sent()) < after && performance.now() < giveUpAt) await delay(5);
  const sentBefore = await sent();
  child.kill('SIGKILL');
  await Promise.all([exited, closed]);
  if (child.signalCode !== 'SIGKILL' || sentBefore < after) throw new Error(`The process was not killed in the middle: it had sent ${sentBefore}.`);
  const [actors, ...acknowledged] = lines as [Actors, ...NotificationId[]];
  return { actors, acknowledged };
}
