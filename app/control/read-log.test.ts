import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import test from 'ava';
import { instant } from '../../domain/shared/instant.ts';
import type { NewEvent } from '../../ports/event-log/port.ts';
import { temporaryFolder } from '../../tests/start-for-test.ts';
import { startEmbeddedAdapters } from '../adapters/embedded.ts';
import { configFrom } from '../config/config.ts';
import { openDataFolder } from '../data-folder.ts';
import { createCore } from '../core.ts';
import { readLog } from './read-log.ts';

const EVENTS = 10_000;

const event = (): NewEvent => ({ id: randomUUID(), type: 'test.nothing.v1', data: Buffer.from('{}'), metadata: Buffer.from('{}') });
const HISTORY = { direction: 'forwards', until: 'head', personal: 'hidden' } as const;

async function givenLog() {
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(await temporaryFolder());
  const dataFolder = starting.use(openDataFolder(folder.path));
  const clock = () => instant(Date.now());
  const adapters = starting.use(await startEmbeddedAdapters({ dataFolder, clock, failureReporter: () => () => undefined }, configFrom({})));
  const { codec } = await createCore(adapters, clock);
  const started = starting.move();
  return { log: adapters.log, codec, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

for (const direction of ['forwards', 'backwards'] as const) {
  test(`reading a long log ${direction} leaves the process time for its other work`, async (t) => {
    await using given = await givenLog();
    await given.log.append('test-1', Array.from({ length: EVENTS }, event), 'no-stream');
    let turns = 0;
    const counting = new AbortController();
    const counted = (async () => {
      for (; !counting.signal.aborted; turns++) await nextTurn();
    })();
    let read = 0;
    for await (const _ of readLog(given, { ...HISTORY, direction }, new AbortController().signal)) read++;
    counting.abort();
    await counted;
    t.is(read, EVENTS);
    t.true(turns >= EVENTS / 1_000, `${turns} turns`);
  });
}

test('reads the log from the named position, past system events before it', async (t) => {
  await using given = await givenLog();
  await given.log.append('test-1', [event(), event()], 'no-stream');
  await given.log.keepLast('test-2', 1);
  const appended = await given.log.append('test-2', [event()], 'no-stream');
  if (appended.outcome !== 'appended') return t.fail();
  const lines = await Array.fromAsync(readLog(given, { ...HISTORY, from: appended.position }, new AbortController().signal));
  t.deepEqual(
    lines.map(({ stream }) => stream),
    ['test-2'],
  );
});
