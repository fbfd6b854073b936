import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { SENT_CHANNELS } from '../../../domain/people/notification-channels.ts';
import { instant } from '../../../domain/shared/instant.ts';
import { testWith } from '../../../tests/servers/availability.ts';
import { startMongoServer } from '../../../tests/servers/mongodb.ts';
import type { TestServer } from '../../../tests/servers/server-process.ts';
import { connectMongo, type MongoOptions } from '../../mongodb/connect.ts';
import { attemptOf, senderContract } from '../contract.ts';
import { startMongoOutbox } from './mongodb.ts';
import { BEHAVIOURS, listedDeliveries, outboxContract, send, senderOf } from './contract.ts';
import { OutboxUnavailable, type Outbox } from '../port.ts';

const check = testWith('secantusd-py');

/** For a machine that is busy with other things. */
const PATIENT = { selectionTimeoutMs: 60_000, answerTimeoutMs: 60_000, connectTimeoutMs: 60_000 };

const fail = (error: unknown) => {
  throw error;
};

type OutboxOptions = Partial<MongoOptions> & { readonly clock?: () => ReturnType<typeof instant>; readonly keptMax?: number };

/** An outbox as a process of its own would have it: with a connection that it stops with itself. */
async function openOutbox(url: string, { clock = () => instant(0), keptMax = 100_000, ...options }: OutboxOptions = {}): Promise<Outbox> {
  await using starting = new AsyncDisposableStack();
  const connection = starting.use(await connectMongo({ url, name: 'outbox-test', ...PATIENT, ...options }));
  const outbox = starting.use(await startMongoOutbox({ connection, clock, onError: fail }, { keptMax }));
  const started = starting.move();
  return { ...outbox, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

/** One server, with a database for each test. */
let shared: Promise<TestServer> | undefined;
let databases = 0;
const newDatabase = async () => (await (shared ??= startMongoServer())).url.replace('/?', `/outbox-${databases++}?`);
test.after.always(async () => (await shared)?.[Symbol.asyncDispose]());

for (const channel of SENT_CHANNELS) {
  const open = async () => {
    const outbox = await openOutbox(await newDatabase());
    return {
      sender: senderOf(outbox, channel),
      deadlineMs: 10_000,
      tell: (does: keyof typeof BEHAVIOURS) => outbox.behave({ [channel]: BEHAVIOURS[does] }),
      accepted: async (delivery: string) => (await listedDeliveries(outbox, { limit: 1_000 })).filter((listed) => listed === delivery).length,
      [Symbol.asyncDispose]: outbox[Symbol.asyncDispose],
    };
  };
  senderContract(`mongodb-outbox-${channel}`, open, check);
}

outboxContract(
  'mongodb',
  async () => {
    const url = await newDatabase();
    return { start: (config) => openOutbox(url, config), [Symbol.asyncDispose]: async () => undefined };
  },
  check,
);

check('any process lists what another has sent, and tells the senders of all', async (t) => {
  const url = await newDatabase();
  await using one = await openOutbox(url);
  await using other = await openOutbox(url);
  await send(one, 'push', 'd1');
  const [message] = await other.list({ limit: 10 });
  t.is(message?.delivery, 'd1' as never);
  t.deepEqual(await one.get(message?.id ?? ''), message);
  await other.behave({ push: { does: 'be-unavailable', extent: { messages: 3 } } });
  const outcomes = await Promise.all(Array.from({ length: 8 }, (_, i) => send(i % 2 === 0 ? one : other, 'push', `e${i}`)));
  t.is(outcomes.filter(({ outcome }) => outcome === 'retry').length, 3);
});

check('misbehaves for as long as it was told, by the clock of the server', async (t) => {
  await using outbox = await openOutbox(await newDatabase());
  const begin = performance.now();
  await outbox.behave({ sms: { does: 'be-unavailable', extent: { forMs: 5_000 } } });
  t.is((await send(outbox, 'sms', 'd1')).outcome, 'retry');
  while ((await send(outbox, 'sms', 'd1')).outcome === 'retry') await delay(50);
  t.true(performance.now() - begin >= 4_900);
});

check('an attempt is resolved by any process, and one that was answered to have sent nothing sends nothing afterwards', async (t) => {
  const url = await newDatabase();
  await using one = await openOutbox(url);
  await using other = await openOutbox(url);
  const [sender, asker] = [senderOf(one, 'email'), senderOf(other, 'email')];
  const taken = await send(one, 'email', 'd1');
  const attempt = attemptOf('email', 'd1', new AbortController().signal);
  t.deepEqual(await asker.resolveAttempt?.(attempt), taken as never);
  const stopped = { ...attempt, attempt: 2 };
  t.deepEqual(await asker.resolveAttempt?.(stopped), { outcome: 'retry', reason: 'not-taken' });
  t.deepEqual(await sender.send(stopped), { outcome: 'retry', reason: 'not-taken' });
  t.deepEqual(await asker.resolveAttempt?.(stopped), { outcome: 'retry', reason: 'not-taken' });
  t.is((await sender.send({ ...attempt, attempt: 3 })).outcome, 'accepted');
  t.deepEqual(await listedDeliveries(other, { limit: 10 }), ['d1', 'd1']);
  t.is((await senderOf(other, 'sms').resolveAttempt?.(attempt))?.outcome, 'retry');
});

/** Prints each delivery once it is answered. */
const SENDING_PROCESS = `
  const [{ connectMongo }, { startMongoOutbox }, { instant }] = await Promise.all(
    ['../../mongodb/connect.ts', './mongodb.ts', '../../../domain/shared/instant.ts'].map((path) => import(new URL(path, process.env.BASE))),
  );
  const attempt = JSON.parse(process.env.ATTEMPT);
  const connection = await connectMongo({ url: process.env.URL, name: 'killed' });
  const outbox = await startMongoOutbox({ connection, clock: () => instant(0), onError: console.error });
  const sender = outbox.senders.find(({ channel }) => channel === 'push');
  let next = 0;
  const send = async () => {
    for (;;) {
      const delivery = 'd' + next++;
      const { outcome } = await sender.send({ ...attempt, delivery, signal: new AbortController().signal });
      if (outcome === 'accepted') console.log(delivery);
    }
  };
  await Promise.all(Array.from({ length: 8 }, send));
`;

check('of a process that was killed while it sent, another one tells which attempts are taken, and the others stay so', async (t) => {
  const url = await newDatabase();
  const child = spawn(process.execPath, ['--input-type=module', '-e', SENDING_PROCESS], {
    env: { ...process.env, URL: url, BASE: import.meta.url, ATTEMPT: JSON.stringify(attemptOf('push', 'd0', new AbortController().signal)) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stderr.pipe(process.stderr);
  const answered: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    answered.push(line);
    if (answered.length === 100) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  t.true(answered.length >= 100);
  await using outbox = await openOutbox(url);
  const sender = senderOf(outbox, 'push');
  const outcomes = new Map<string, string | undefined>();
  for (let i = 0; i < answered.length + 20; i++)
    outcomes.set(`d${i}`, (await sender.resolveAttempt?.(attemptOf('push', `d${i}`, new AbortController().signal)))?.outcome);
  const listed = new Set(await listedDeliveries(outbox, { limit: 1_000 }));
  for (const delivery of answered) t.is(outcomes.get(delivery), 'accepted', delivery);
  for (const [delivery, outcome] of outcomes) t.is(outcome, listed.has(delivery) ? 'accepted' : 'retry', delivery);
});

const SHORT = { selectionTimeoutMs: 1_000, answerTimeoutMs: 2_000, connectTimeoutMs: 1_000 };
/** How much later than its time-out a call may end on a machine that is busy with other things. */
const OVERRUN_MAX_MS = 3_000;

check('a server that is gone or hangs is an outage within its time, and an attempt made meanwhile is resolved afterwards', async (t) => {
  await using server = await startMongoServer({ isDurable: true });
  await using patient = await openOutbox(server.url);
  await using outbox = await openOutbox(server.url, SHORT);
  await send(patient, 'push', 'before');
  const sender = senderOf(outbox, 'push');
  const calls = {
    list: () => outbox.list({ limit: 1 }),
    get: () => outbox.get('2023'),
    behave: () => outbox.behave({ sms: { does: 'hang' } }),
    resolveAttempt: () => sender.resolveAttempt?.(attemptOf('push', 'before', new AbortController().signal)) ?? Promise.resolve(undefined),
  };
  const inOutage = async (delivery: string) => {
    for (const [name, call] of Object.entries(calls)) {
      const begin = performance.now();
      await t.throwsAsync(call, { instanceOf: OutboxUnavailable }, name);
      t.true(performance.now() - begin < SHORT.answerTimeoutMs + OVERRUN_MAX_MS, name);
    }
    t.true(['retry', 'unknown'].includes((await send(outbox, 'push', delivery)).outcome));
    t.is((await sender.send(attemptOf('push', delivery, AbortSignal.timeout(200)))).outcome, 'unknown');
  };
  server.hang();
  await inOutage('while it hung');
  server.resume();
  await patient.list({ limit: 1 });
  await server.kill();
  await inOutage('while it was gone');
  await server.start();
  for (const delivery of ['while it hung', 'while it was gone']) {
    const resolved = await senderOf(patient, 'push').resolveAttempt?.(attemptOf('push', delivery, new AbortController().signal));
    const listed = await listedDeliveries(patient, { limit: 10 });
    t.is(resolved?.outcome, listed.includes(delivery) ? 'accepted' : 'retry');
  }
  t.true((await listedDeliveries(patient, { limit: 10 })).includes('before'));
});
