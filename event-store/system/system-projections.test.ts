import test, { type ExecutionContext } from 'ava';
import { linkOf, SYSTEM_PROJECTIONS, type SystemProjection } from './link-rules.ts';
import { checkpointStreamOf, startSystemProjections } from './system-projections.ts';
import type { EventStore, EventStoreOptions } from '../store.ts';
import { collect, event, events, openTestStore } from '../test-fixture.ts';

const silent = { error: () => {} };

function links(store: EventStore, stream: string): string[] {
  const read = store.readStream(stream);
  return read.outcome === 'found' ? [...read.events].map(({ data }) => Buffer.from(data).toString('utf8')) : [];
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
};

/** Lets projections run until they have linked everything there is. */
async function project(store: EventStore, projections: readonly SystemProjection[] = SYSTEM_PROJECTIONS): Promise<void> {
  await using running = startSystemProjections({ store, logger: silent }, projections);
  void running;
  let quietSince = store.head();
  for (let quiet = 0; quiet < 5; quiet++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (store.head() !== quietSince) quiet = 0;
    quietSince = store.head();
  }
}

async function openFilledStore(t: ExecutionContext, options: EventStoreOptions = {}): Promise<EventStore> {
  const store = await openTestStore(t, { noSync: true, ...options });
  await store.append('room-1', [event('', 'opened'), event('', 'said')], 'any');
  await store.append('user-1', [event('', 'named')], 'any');
  await store.append('room-2', [event('', 'opened')], 'any');
  await store.append('nodash', [event('', 'said')], 'any');
  return store;
}

test('streams, events by category and events by type are linked, in order', async (t) => {
  const store = await openFilledStore(t);
  await project(store);
  t.deepEqual(links(store, '$ce-room'), ['0@room-1', '1@room-1', '0@room-2']);
  t.deepEqual(links(store, '$ce-user'), ['0@user-1']);
  t.deepEqual(links(store, '$et-opened'), ['0@room-1', '0@room-2']);
  t.deepEqual(links(store, '$et-said'), ['1@room-1', '0@nodash']);
  t.deepEqual(
    links(store, '$streams').filter((link) => !link.includes('$')),
    ['0@room-1', '0@user-1', '0@room-2', '0@nodash'],
  );
  t.true(links(store, '$streams').includes('0@$ce-room'), 'the streams of links are streams, too');
  t.is(links(store, '$ce-nodash').length, 0);
});

test('a link carries the position, the stream and the id of its event', async (t) => {
  const store = await openFilledStore(t);
  await project(store, ['$by_category']);
  const read = store.readStream('$ce-user');
  const [link] = read.outcome === 'found' ? read.events : [];
  t.is(link?.type, '$>');
  const source = (await collect(store.readAll())).find(({ stream }) => stream === 'user-1');
  t.deepEqual(JSON.parse(Buffer.from(link!.metadata).toString()), { $c: 3, $p: 3, $o: 'user-1', $causedBy: source!.id });
});

test('a deletion is linked as one, and a link as what it links', async (t) => {
  const store = await openTestStore(t, { noSync: true });
  await store.append('room-1', events(1), 'any');
  await store.append('links-1', [{ ...event('', '$>'), data: Buffer.from('0@room-1') }], 'any');
  await store.deleteStream('room-1', 'any');
  await store.tombstone('links-1', 'any');
  await project(store);
  t.deepEqual(links(store, '$ce-links'), ['0@room-1', '9223372036854775807@links-1']);
  t.deepEqual(links(store, '$ce-room'), ['0@room-1', '0@$$room-1']);
  t.deepEqual(links(store, '$et-$deleted'), ['0@room-1', '9223372036854775807@links-1']);
  t.is(links(store, '$et-$>').length, 0);
});

test('a projection that is not started links nothing', async (t) => {
  const store = await openFilledStore(t);
  await project(store, ['$by_category']);
  t.deepEqual([links(store, '$streams'), links(store, '$et-said')], [[], []]);
  t.is(links(store, '$ce-room').length, 3);
});

test('a projection goes on live, and rests when there is nothing to link', async (t) => {
  const store = await openFilledStore(t);
  await using _ = startSystemProjections({ store, logger: silent }, ['$by_event_type']);
  await until(() => links(store, '$et-said').length === 2);
  await store.append('room-3', [event('', 'said')], 'any');
  await until(() => links(store, '$et-said').length === 3);
  const head = store.head();
  await new Promise((resolve) => setTimeout(resolve, 100));
  t.is(store.head(), head);
});

for (const idempotency of ['full', 'eventstoredb'] as const) {
  test(`killed at any append, it links every event once and in order (idempotency ${idempotency})`, async (t) => {
    t.timeout(120_000);
    const store = await openTestStore(t, { noSync: true, idempotency });
    const total = 12_000;
    const expected: string[] = [];
    for (let n = 0; n < total; n += 500) {
      const stream = `room-${n % 3}`;
      const result = await store.append(stream, events(500), 'any');
      if (result.outcome === 'appended')
        for (let revision = result.revision - 499; revision <= result.revision; revision++) expected.push(`${revision}@${stream}`);
    }
    const isDone = () => {
      const read = store.readStream('$ce-room');
      return read.outcome === 'found' && read.lastRevision >= total - 1;
    };
    let kills = 0;
    while (!isDone()) {
      let left = Math.floor(Math.random() * 40);
      const killed = Promise.withResolvers<void>();
      const dying: EventStore = {
        ...store,
        append: async (...args) => {
          if (left-- > 0) return store.append(...args);
          if (Math.random() < 0.5) await store.append(...args); // done, but the answer is lost
          killed.resolve();
          return new Promise(() => {});
        },
      };
      startSystemProjections({ store: dying, logger: silent }, ['$by_category']);
      await Promise.race([killed.promise, until(isDone)]);
      kills++;
    }
    t.deepEqual(links(store, '$ce-room'), expected);
    t.true(kills > 2, `${kills} kills`);
    const read = store.readStream(checkpointStreamOf('$by_category'));
    t.is(read.outcome, 'found');
  });
}

test('a failure is logged, and the projection goes on when it is over', async (t) => {
  const store = await openFilledStore(t);
  const logged: object[] = [];
  let failures = 1;
  const failing: EventStore = { ...store, append: (...args) => (failures-- > 0 ? Promise.reject(new Error('disk full')) : store.append(...args)) };
  await using _ = startSystemProjections({ store: failing, logger: { error: (facts) => void logged.push(facts) } }, ['$by_category']);
  await until(() => links(store, '$ce-room').length === 3);
  t.like(logged[0], { projection: '$by_category' });
});

test('a stream whose name would be too long for its links gets none, and the others get theirs', async (t) => {
  const store = await openTestStore(t, { noSync: true });
  await store.append('a', [event('', 't'.repeat(1_024))], 'any');
  await store.append('b', [event('', 'short')], 'any');
  await project(store, ['$by_event_type']);
  t.deepEqual(links(store, '$et-short'), ['0@b']);
});

test('categories end at the first dash, and system streams have none', (t) => {
  const stored = { ...event(), contentType: 'application/json', revision: 0, position: 0, created: 0 } as const;
  const category = (stream: string) => linkOf('$by_category', { ...stored, stream })?.stream;
  t.deepEqual(['a-b-c', '-a', 'a', '$a-b', 'größe-1'].map(category), ['$ce-a', undefined, undefined, undefined, '$ce-größe']);
});
