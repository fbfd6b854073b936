/** What a thread for reading answers, and what becomes of it. */
import { randomUUID } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import test from 'ava';
import { instant } from '../../../domain/shared/instant.ts';
import { openKeyring } from '../../../ports/event-log/keyring.ts';
import { createCodec } from '../../../ports/event-log/codec.ts';
import { FIRST_EPOCH, type Position } from '../../../ports/event-log/port.ts';
import { temporaryFolder } from '../../../tests/start-for-test.ts';
import { startEmbeddedAdapters } from '../../adapters/embedded.ts';
import { configFrom } from '../../config/config.ts';
import { openDataFolder } from '../../data-folder.ts';
import { exportLog } from '../analytics/export-log.ts';
import type { EncodedLines, OperationRequest } from '../protocol.ts';
import { createReadingThreads, type ReadingThreads } from './threads.ts';

const NEVER = new AbortController().signal;
const clock = () => instant(Date.now());

async function given() {
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(await temporaryFolder());
  const dataFolder = starting.use(openDataFolder(folder.path));
  const adapters = starting.use(await startEmbeddedAdapters({ dataFolder, clock, failureReporter: () => () => undefined }, configFrom({})));
  const { events, vault, views } = dataFolder;
  const threads = starting.use(createReadingThreads({ events, vault, views, epoch: FIRST_EPOCH }));
  const keyring = openKeyring(adapters.vault);
  const codec = createCodec(keyring, clock);
  const { log, eventStore } = adapters;
  const started = starting.move();
  return {
    log,
    eventStore,
    codec,
    keyring,
    threads,
    /** So many people sign up, each in a stream of its own. */
    signUp: async (people: number): Promise<readonly string[]> => {
      const ids = Array.from({ length: people }, () => randomUUID());
      await Promise.all(
        ids.map(async (id) => {
          const event = { type: 'people.registered.v1', data: { login: id, name: `Ann of ${id}`, at: clock() } } as never;
          const metadata = { at: clock(), actor: `person:${id}`, $correlationId: id } as never;
          await log.append(`person-${id}`, [await codec.encode(`person-${id}`, { id: randomUUID(), event, metadata })], 'no-stream');
        }),
      );
      return ids;
    },
    request: async (more: Partial<OperationRequest<'export-log'>> = {}): Promise<OperationRequest<'export-log'>> => ({
      log: 'main',
      until: (await log.head('main')) as Position,
      personal: 'hidden',
      share: 100,
      ...more,
    }),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

async function linesOf(pieces: AsyncIterable<EncodedLines>): Promise<readonly unknown[]> {
  const all = Buffer.concat(await Array.fromAsync(pieces));
  return all
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line): unknown => JSON.parse(line));
}

const eventsIn = (lines: readonly unknown[]): readonly unknown[] =>
  (lines as readonly { readonly is: string; readonly event?: unknown }[]).flatMap(({ is, event }) => (is === 'event' ? [event] : []));

const exported = (threads: ReadingThreads, request: OperationRequest<'export-log'>) => threads.run({ operation: 'export-log', request }, NEVER);

for (const personal of ['hidden', 'revealed'] as const)
  test(`a thread exports what the process would, with personal data ${personal}, and what was erased erased`, async (t) => {
    await using world = await given();
    const { log, codec, keyring, threads } = world;
    const [ann = ''] = await world.signUp(300);
    await keyring.erase(ann, clock());
    const request = await world.request({ personal });
    const expected = eventsIn(await Array.fromAsync(exportLog({ log, codec }, request, NEVER)));
    t.is(expected.length, 300);
    t.deepEqual(eventsIn(await linesOf(exported(threads, request))), expected);
    t.true(JSON.stringify(expected).includes('"erased":true'));
    t.is(JSON.stringify(expected).includes('Ann of'), personal === 'revealed');
  });

test('a thread reads on where the log is compacted meanwhile, and the next one reads the new file', async (t) => {
  await using world = await given();
  const { eventStore, threads } = world;
  await world.signUp(2_000);
  const request = await world.request();
  let [isCompacted, events] = [false, 0];
  for await (const piece of exported(threads, request)) {
    if (!isCompacted) await eventStore?.scavenge({ compact: true });
    isCompacted = true;
    events += piece.toString().length > 0 ? Buffer.from(piece).toString().split('"is":"event"').length - 1 : 0;
  }
  t.is(events, 2_000);
  const [late] = await world.signUp(1);
  const after = eventsIn(await linesOf(exported(threads, await world.request())));
  t.is(after.length, 2_001);
  t.true(JSON.stringify(after.at(-1)).includes(late ?? ''));
});

test('whoever reads slowly is waited for, and who goes away leaves the thread free', async (t) => {
  await using world = await given();
  const { threads } = world;
  await world.signUp(3_000);
  const request = await world.request();
  const pieces = exported(threads, request)[Symbol.asyncIterator]();
  await pieces.next();
  for (let turn = 0; turn < 100; turn++) await nextTurn();
  await pieces.return?.();
  const cancelling = new AbortController();
  const cancelled = threads.run({ operation: 'export-log', request }, cancelling.signal)[Symbol.asyncIterator]();
  await cancelled.next();
  cancelling.abort();
  const rest = async () => {
    while ((await cancelled.next()).done !== true);
  };
  await t.throwsAsync(rest(), { name: 'ControlFailure', message: /cancelled/ });
  t.is(eventsIn(await linesOf(exported(threads, request))).length, 3_000);
});

test('so many read at once, and one more is told so', async (t) => {
  await using world = await given();
  const { threads } = world;
  await world.signUp(2_000);
  const request = await world.request();
  const reading = Array.from({ length: 4 }, () => exported(threads, request)[Symbol.asyncIterator]());
  await Promise.all(reading.map((one) => one.next()));
  await t.throwsAsync(linesOf(exported(threads, request)), { name: 'ControlFailure', message: /^4 exports, backups and the like run already/ });
  for (const one of reading) await one.return?.();
  t.is(eventsIn(await linesOf(exported(threads, request))).length, 2_000);
});

test('what a thread can’t read is told as a failure', async (t) => {
  await using folder = await temporaryFolder();
  await using threads = createReadingThreads({ events: folder.path, vault: 'none', views: 'none', epoch: FIRST_EPOCH });
  const request = { log: 'main', until: '0.0' as Position, personal: 'hidden', share: 100 } as const;
  await t.throwsAsync(linesOf(exported(threads, request)), { name: 'ControlFailure', message: /current/ });
});
