/**
 * The fault table of the field, run on ourselves: so many messages are asked for while the vendor fails in one way, or while the
 * process is killed. Of everything acknowledged nothing may be lost, and nothing may come twice but what is marked 'may repeat';
 * with a vendor that says what it took when it is asked, nothing at all.
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
import type { Behaviour } from '../../../ports/sender/outbox-behaviour.ts';
import { startWorkersForTest, START } from '../../test-fixture.ts';
import { deliveriesIn, startDeliveriesForTest, sentBy } from '../test-fixture.ts';
import { tally, type Row } from './reckoning.ts';
import { CONFIG, RECIPIENTS, request, REQUESTS, type Actors } from './requests.ts';

/** Of the real clock, and much more than is taken on a machine that is busy with other things. */
const TABLE_TIMEOUT_MS = 10 * MINUTE_MS;
const PATIENCE_MS = 3 * MINUTE_MS;
const MESSAGES = 200;
const PEOPLE = 20;
/** Of 5,000 messages: while much is still to be planned, and while all that is left is to be sent. */
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
  { ...LOST_ANSWER, name: `${LOST_ANSWER.name}; asked`, resolvesAttempts: true },
];

test('whatever the vendor does, and whenever we are killed, nothing is lost, and nothing comes twice but what is marked', async (t) => {
  t.timeout(TABLE_TIMEOUT_MS);
  t.log(`${'fault'.padEnd(40)}${['of', 'lost', 'doubled', 'unmarked', "'may repeat'"].map((head) => head.padStart(13)).join('')}`);
  const keep = (name: string, row: Row) => {
    const unmarked = row.doubled - row.doubledMarked;
    t.log(`${name.padEnd(40)}${[row.deliveries, row.lost, row.doubled, unmarked, row.marked].map((count) => String(count).padStart(13)).join('')}`);
    t.deepEqual({ name, lost: row.lost, unmarked }, { name, lost: 0, unmarked: 0 });
    return row;
  };
  for (const fault of FAULTS) {
    const { doubled, marked } = keep(fault.name, await failing(fault));
    if (fault.resolvesAttempts === true) t.deepEqual([doubled, marked], [0, 0], 'it was asked');
    else if (fault.fault.does !== 'lose-answer') t.is(doubled, 0, 'nothing of it was taken');
    else t.true(doubled > 0, 'the fault struck');
  }
  keep(`kill -9 after ${EARLY}`, await killing({ after: EARLY }));
  keep(`kill -9 after ${LATE}`, await killing({ after: LATE }));
  const { doubled, marked } = keep(`kill -9 after ${LATE}; asked`, await killing({ after: LATE, resolvesAttempts: true }));
  t.deepEqual([doubled, marked], [0, 0]);
});

async function failing({ fault, forMs, resolvesAttempts }: Fault): Promise<Row> {
  await using all = await startDeliveriesForTest(PEOPLE, {}, resolvesAttempts === undefined ? {} : { resolvesAttempts });
  all.work.outbox.behave({ push: { ...fault, extent: { forMs } } });
  const asked = Array.from({ length: MESSAGES }, (_, n) => all.request({ recipients: all.recipients.slice(n % PEOPLE, (n % PEOPLE) + 1) }));
  const notifications = await Promise.all(asked);
  const deliveries = await all.untilEnded(notifications, { count: MESSAGES, stepMs: Math.max(5_000, forMs / 100) });
  return tally(MESSAGES, deliveries, await all.sent());
}

/** `after`: so many messages. */
type Killing = Pick<Fault, 'resolvesAttempts'> & { readonly after: number };

/** Another process asks for 5,000 messages, and sends them, until it is killed; this one goes on, and asks again for what got no answer. */
async function killing({ after, resolvesAttempts }: Killing): Promise<Row> {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-killed-'));
  try {
    const { cast, acknowledged } = await killedIn(folder, after, resolvesAttempts === true ? ['can-be-asked'] : []);
    const options = { folder, startAt: plus(START, MINUTE_MS), ...(resolvesAttempts === undefined ? {} : { resolvesAttempts }) };
    await using work = await startWorkersForTest(CONFIG, options);
    const notifications = [...acknowledged];
    for (let n = 0; n < REQUESTS; n++) {
      const id = await request(work, cast, n);
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

type Killed = { readonly cast: Actors; readonly acknowledged: readonly NotificationId[] };

async function killedIn(folder: string, after: number, args: readonly string[]): Promise<Killed> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.resolve('./killed.ts')), folder, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
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
  if (child.signalCode !== 'SIGKILL' || sentBefore < after) throw new Error(`It was to be killed in the middle, and had sent ${sentBefore}.`);
  const [cast, ...acknowledged] = lines as [Actors, ...NotificationId[]];
  return { cast, acknowledged };
}
