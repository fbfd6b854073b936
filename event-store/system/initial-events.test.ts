import test from 'ava';
import { collect, openTestStore } from '../test-fixture.ts';
import type { EventStore } from '../store.ts';
import { writeInitialEvents } from './initial-events.ts';

const contents = async (store: EventStore) =>
  (await collect(store.readAll())).map(({ stream, type, data }) => [stream, type, Buffer.from(data).toString('utf8')] as const);

test('a fresh store gets EventStoreDB’s users and settings, once', async (t) => {
  const store = await openTestStore(t, { idempotency: 'eventstoredb' });
  await writeInitialEvents(store);
  const written = await contents(store);
  t.deepEqual(
    written.map(([stream, type]) => [stream, type]),
    [
      ['$$$user-admin', '$metadata'],
      ['$user-admin', '$UserCreated'],
      ['$users', '$User'],
      ['$$$user-ops', '$metadata'],
      ['$user-ops', '$UserCreated'],
      ['$users', '$User'],
      ['$settings', '$settings'],
    ],
  );
  t.is(written[2]?.[2], 'admin');
  t.like(JSON.parse(written[1]![2]), { loginName: 'admin', groups: ['$admins'], disabled: false });
  t.deepEqual((JSON.parse(written[6]![2]) as { readonly $userStreamAcl: object }).$userStreamAcl, {
    $r: '$all',
    $w: '$all',
    $d: '$all',
    $mr: '$all',
    $mw: '$all',
  });
  await writeInitialEvents(store);
  t.deepEqual(await contents(store), written);
});

test('interrupted anywhere, writing them again completes them', async (t) => {
  for (let allowed = 0; allowed < 7; allowed++) {
    const store = await openTestStore(t, { idempotency: 'eventstoredb' });
    let left = allowed;
    const dying: EventStore = {
      ...store,
      append: (...args) => (left-- > 0 ? store.append(...args) : Promise.reject(new Error('killed'))),
      setStreamMetadata: (...args) => (left-- > 0 ? store.setStreamMetadata(...args) : Promise.reject(new Error('killed'))),
    };
    await t.throwsAsync(writeInitialEvents(dying), { message: 'killed' });
    await writeInitialEvents(store);
    t.is((await contents(store)).length, 7, `${allowed} writes`);
  }
});

test('settings that are there stay as they are', async (t) => {
  const store = await openTestStore(t);
  const mine = {
    id: '00000000-0000-4000-8000-000000000001',
    type: 'update-settings',
    data: Buffer.from('{"$userStreamAcl":{"$r":"$ops"}}'),
    metadata: Buffer.alloc(0),
  };
  await store.append('$settings', [mine], 'no-stream');
  await writeInitialEvents(store);
  const read = store.readStream('$settings');
  t.deepEqual(read.outcome === 'found' && [...read.events].map(({ id }) => id), [mine.id]);
});
