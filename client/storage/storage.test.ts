/** What every storage promises, in memory and in IndexedDB. */
import 'fake-indexeddb/auto';
import test from 'ava';
import { indexedDbStorage } from './indexed-db.ts';
import { memoryStorage } from './storage.ts';

for (const [name, open] of [
  ['memory', memoryStorage],
  ['IndexedDB', () => indexedDbStorage(`test-${crypto.randomUUID()}`)],
] as const) {
  test(`${name}: what was set is there until it is deleted, and is listed by the beginning of its key, in order`, async (t) => {
    const storage = open();
    await storage.set('outbox/2', { frame: { id: '2' } });
    await storage.set('outbox/1', { frame: { id: '1' } });
    await storage.set('other', new Map([[1, 'one']]));
    t.deepEqual(await storage.list('outbox/'), [
      ['outbox/1', { frame: { id: '1' } }],
      ['outbox/2', { frame: { id: '2' } }],
    ]);
    t.deepEqual(await storage.get('other'), new Map([[1, 'one']]));
    await storage.delete('outbox/1');
    t.is(await storage.get('outbox/1'), undefined);
    await storage.clear();
    t.deepEqual(await storage.list(''), []);
  });

  test(`${name}: what is changed after it was set is not changed there`, async (t) => {
    const storage = open();
    const value = { texts: ['one'] };
    await storage.set('key', value);
    value.texts.push('two');
    t.deepEqual(await storage.get('key'), { texts: ['one'] });
  });
}

test('two people on one device see nothing of each other', async (t) => {
  const [ann, bob] = [indexedDbStorage('ann'), indexedDbStorage('bob')];
  await ann.set('key', 'hers');
  t.is(await bob.get('key'), undefined);
});
