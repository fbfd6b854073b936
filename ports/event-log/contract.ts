/** The contract of an event log. Each adapter's test file is one call. */
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { LogUnavailable, type EventBatch, type EventLog, type NewEvent, type Position, type ReadOptions, type StoredEvent } from './port.ts';
import { covers, isPosition, merge } from './position.ts';
import { quietContract, type LogUnderTest, type RunTest } from './quiet-contract.ts';

const event = (type = 'test.happened.v1', data: unknown = {}): NewEvent => ({
  id: randomUUID(),
  type,
  data: Buffer.from(JSON.stringify(data)),
  metadata: Buffer.from('{"actor":"test"}'),
});
const aStream = () => `test-${randomUUID()}`;

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found = [];
  for await (const item of items) found.push(item);
  return found;
}

/** Reads batches until this many events came; where they don't come the test times out. */
async function take(batches: AsyncIterable<EventBatch>, count: number): Promise<readonly StoredEvent[]> {
  const events: StoredEvent[] = [];
  for await (const batch of batches) {
    events.push(...batch.events);
    if (events.length >= count) break;
  }
  return events;
}

/** `run` is `test.serial` where connections of one process affect each other. */
export function eventLogContract(adapter: string, start: () => Promise<LogUnderTest>, run: RunTest = test): void {
  run(`${adapter}: appended events are read byte for byte, in order, with their positions`, async (t) => {
    await using tested = await start();
    const { log } = tested;
    const stream = aStream();
    const events = [event(), event('test.other.v1', { text: 'ünï ☃' }), event('test.happened.v1', { nested: [1, { deep: null }] })];
    const appended = await log.append(stream, events, 'no-stream');
    t.is(appended.outcome, 'appended');
    const read = await all(log.readStream(stream));
    t.deepEqual(
      read.map(({ id, type, revision, stream: of }) => ({ id, type, revision, of })),
      events.map(({ id, type }, revision) => ({ id, type, revision, of: stream })),
    );
    t.deepEqual(
      read.map(({ data, metadata }) => [Buffer.from(data).toString(), Buffer.from(metadata).toString()]),
      events.map(({ data, metadata }) => [Buffer.from(data).toString(), Buffer.from(metadata).toString()]),
    );
    t.true(read.every(({ position }) => isPosition(position)));
    if (appended.outcome === 'appended') {
      t.is(appended.revision, 2);
      t.is(appended.position, read[2]?.position as never);
    }
  });

  run(`${adapter}: an append whose expectation does not hold is a conflict, and stores nothing`, async (t) => {
    await using tested = await start();
    const { log } = tested;
    const stream = aStream();
    t.deepEqual(await log.append(stream, [event()], 0), { outcome: 'conflict' });
    await log.append(stream, [event()], 'no-stream');
    t.deepEqual(await log.append(stream, [event()], 'no-stream'), { outcome: 'conflict' });
    t.deepEqual(await log.append(stream, [event()], 1), { outcome: 'conflict' });
    t.is((await log.append(stream, [event()], 0)).outcome, 'appended');
    t.deepEqual(await log.append(stream, [event()], 0), { outcome: 'conflict' });
    t.is((await all(log.readStream(stream))).length, 2);
  });

  run(`${adapter}: an append that is too large fails at once, and is no outage`, async (t) => {
    await using tested = await start();
    const stream = aStream();
    const error = await t.throwsAsync(tested.log.append(stream, [event('test.large.v1', 'x'.repeat(1_100_000))], 'no-stream'));
    t.false(error instanceof LogUnavailable);
    t.deepEqual(await all(tested.log.readStream(stream)), []);
  });

  run(`${adapter}: of many concurrent appends at one revision, one succeeds`, async (t) => {
    await using tested = await start();
    const { log } = tested;
    const stream = aStream();
    const answers = await Promise.all(Array.from({ length: 20 }, () => log.append(stream, [event()], 'no-stream')));
    t.is(answers.filter(({ outcome }) => outcome === 'appended').length, 1);
    t.is((await all(log.readStream(stream))).length, 1);
  });

  run(`${adapter}: an append of the same ids at the same revision answers as the first time, and is stored once`, async (t) => {
    await using tested = await start();
    const { log } = tested;
    const stream = aStream();
    const events = [event(), event()];
    const first = await log.append(stream, events, 'no-stream');
    await log.append(stream, [event()], 1);
    t.deepEqual(await log.append(stream, events, 'no-stream'), first);
    t.is((await all(log.readStream(stream))).length, 3);
  });

  run(`${adapter}: a stream is read from any revision, in both directions, and up to a limit`, async (t) => {
    await using tested = await start();
    const { log } = tested;
    const stream = aStream();
    await log.append(
      stream,
      Array.from({ length: 10 }, () => event()),
      'no-stream',
    );
    const revisions = async (options: Parameters<EventLog['readStream']>[1]) => (await all(log.readStream(stream, options))).map(({ revision }) => revision);
    t.deepEqual(await revisions({ from: 7 }), [7, 8, 9]);
    t.deepEqual(await revisions({ from: 3, limit: 2 }), [3, 4]);
    t.deepEqual(await revisions({ from: 'end', direction: 'backwards', limit: 3 }), [9, 8, 7]);
    t.deepEqual(await revisions({ from: 2, direction: 'backwards' }), [2, 1, 0]);
    t.deepEqual(await revisions({ from: 10 }), []);
    t.deepEqual(await all(log.readStream(aStream())), []);
  });

  run(`${adapter}: everything is read in one order, from any position, in both directions`, async (t) => {
    await using tested = await start();
    const { log } = tested;
    const [one, other] = [aStream(), aStream()];
    for (let i = 0; i < 5; i++) {
      await log.append(one, [event()], i === 0 ? 'no-stream' : i - 1);
      await log.append(other, [event()], i === 0 ? 'no-stream' : i - 1);
    }
    const [name = ''] = log.logs;
    const ours = ({ stream }: StoredEvent) => stream === one || stream === other;
    const forwards = (await all(log.readAll(name))).filter(ours);
    t.deepEqual(
      forwards.map(({ stream, revision }) => [stream, revision]),
      Array.from({ length: 5 }, (_, i) => [
        [one, i],
        [other, i],
      ]).flat(),
    );
    const backwards = (await all(log.readAll(name, { direction: 'backwards' }))).filter(ours);
    t.deepEqual(
      backwards.map(({ id }) => id),
      forwards.map(({ id }) => id).reverse(),
    );
    const from = forwards[6]?.position;
    if (from === undefined) return t.fail();
    t.is((await all(log.readAll(name, { from, limit: 1 })))[0]?.id, forwards[6]?.id);
    t.is((await log.head(name)) as string, forwards.at(-1)?.position as string);
  });

  run(`${adapter}: a limit counts the events it answers, and not the store’s own events in between`, async (t) => {
    await using tested = await start();
    const { log } = tested;
    const [one, other] = [aStream(), aStream()];
    const [name = ''] = log.logs;
    const before = await log.append(one, [event()], 'no-stream');
    await log.keepLast(other, 1);
    const after = await log.append(other, [event()], 'no-stream');
    if (before.outcome !== 'appended' || after.outcome !== 'appended') return t.fail();
    const streams = async (options: Parameters<EventLog['readAll']>[1]) => (await all(log.readAll(name, options))).map(({ stream }) => stream);
    t.deepEqual(await streams({ from: before.position, limit: 2 }), [one, other]);
    t.deepEqual(await streams({ from: after.position, direction: 'backwards', limit: 1 }), [one]);
  });

  run(`${adapter}: a subscription sees history and then new events, each once and in order`, async (t) => {
    await using tested = await start();
    const { log } = tested;
    const stream = aStream();
    const [name = ''] = log.logs;
    await log.append(
      stream,
      Array.from({ length: 30 }, () => event('test.watched.v1')),
      'no-stream',
    );
    const stop = new AbortController();
    const seen = take(log.subscribe(name, { types: ['test.watched.v1'], batchEventsMax: 7, signal: stop.signal }), 60);
    for (let i = 30; i < 60; i++) await log.append(stream, [event('test.watched.v1')], i - 1);
    const events = (await seen).filter((one) => one.stream === stream);
    t.deepEqual(
      events.map(({ revision }) => revision),
      Array.from({ length: 60 }, (_, i) => i),
    );
    stop.abort();
  });

  run(`${adapter}: a subscription skips other types, and says how far it has read`, async (t) => {
    await using tested = await start();
    const { log } = tested;
    const [name = ''] = log.logs;
    await log.append(aStream(), [event('test.seldom.v1')], 'no-stream');
    const last = await log.append(
      aStream(),
      Array.from({ length: 200 }, () => event('test.often.v1')),
      'no-stream',
    );
    if (last.outcome !== 'appended') return t.fail();
    const stop = new AbortController();
    let reached: EventBatch['position'];
    const types = new Set<string>();
    for await (const batch of log.subscribe(name, { types: ['test.seldom.v1'], signal: stop.signal })) {
      for (const { type } of batch.events) types.add(type);
      reached = merge(reached, batch.position);
      if (covers(reached, last.position)) break;
    }
    t.deepEqual([...types], ['test.seldom.v1']);
    stop.abort();
  });

  run(`${adapter}: a subscription after a position begins with the next event`, async (t) => {
    await using tested = await start();
    const { log } = tested;
    const stream = aStream();
    const [name = ''] = log.logs;
    const first = await log.append(stream, [event('test.after.v1'), event('test.after.v1')], 'no-stream');
    await log.append(stream, [event('test.after.v1')], 1);
    if (first.outcome !== 'appended') return t.fail();
    const stop = new AbortController();
    const [next] = await take(log.subscribe(name, { after: first.position, types: ['test.after.v1'], signal: stop.signal }), 1);
    t.is(next?.revision, 2);
    stop.abort();
  });

  run(`${adapter}: a sparse subscription sees history and new events of its types, each once, and goes on where it was left`, async (t) => {
    await using tested = await start();
    const { log } = tested;
    const [name = ''] = log.logs;
    const stream = aStream();
    const type = `test.sparse-${randomUUID()}.v1`;
    const append = (count: number, expected: number | 'no-stream') =>
      log.append(
        stream,
        Array.from({ length: count }, (_, n) => event(n % 2 === 0 ? type : 'test.other.v1')),
        expected,
      );
    await append(20, 'no-stream');
    const stop = new AbortController();
    const seeing = take(log.subscribe(name, { types: [type], batchEventsMax: 3, isSparse: true, signal: stop.signal }), 20);
    await append(20, 19);
    const seen = await seeing;
    t.deepEqual(
      seen.slice(0, 20).map(({ revision }) => revision),
      Array.from({ length: 20 }, (_, n) => n * 2),
    );
    const after = seen[9]?.position as Position;
    const rest = await take(log.subscribe(name, { after, types: [type], isSparse: true, signal: stop.signal }), 10);
    t.is(rest[0]?.revision, 20);
    stop.abort();
  });

  quietContract(adapter, { start, run, event });

  run(`${adapter}: a subscription ends when its signal aborts`, async (t) => {
    await using tested = await start();
    const { log } = tested;
    const [name = ''] = log.logs;
    const stop = new AbortController();
    const ended = all(log.subscribe(name, { after: 'end', signal: stop.signal }));
    setTimeout(() => stop.abort(), 50);
    t.true((await ended).every(({ events }) => events.length === 0));
  });

  run(`${adapter}: a bounded stream keeps its last events`, async (t) => {
    await using tested = await start();
    const { log } = tested;
    const stream = aStream();
    await log.keepLast(stream, 1);
    for (let i = 0; i < 3; i++) await log.append(stream, [event()], i === 0 ? 'no-stream' : i - 1);
    t.deepEqual(
      (await all(log.readStream(stream))).map(({ revision }) => revision),
      [2],
    );
  });

  run(`${adapter}: a truncated stream begins where it was truncated, and goes on`, async (t) => {
    await using tested = await start();
    const { log } = tested;
    const stream = aStream();
    await log.append(stream, [event(), event(), event()], 'no-stream');
    for (const before of [2, 2, 1]) await log.truncate(stream, before);
    const revisions = async (options: ReadOptions) => (await all(log.readStream(stream, options))).map(({ revision }) => revision);
    t.deepEqual(await revisions({}), [2]);
    t.is((await log.append(stream, [event()], 2)).outcome, 'appended');
    t.deepEqual(await revisions({ from: 1 }), [2, 3]);
    t.deepEqual(await revisions({ from: 'end', direction: 'backwards' }), [3, 2]);
  });

  run(`${adapter}: acknowledged events are there after closing and opening again`, async (t) => {
    await using tested = await start();
    const stream = aStream();
    await tested.log.append(stream, [event(), event()], 'no-stream');
    const again = await tested.reopened();
    t.is((await all(again.readStream(stream))).length, 2);
    t.deepEqual(await again.append(stream, [event()], 'no-stream'), { outcome: 'conflict' });
    t.is((await again.append(stream, [event()], 1)).outcome, 'appended');
  });
}
