import test, { type ExecutionContext } from 'ava';
import type { AppId, PersonId } from '../../domain/shared/ids.ts';
import { instant } from '../../domain/shared/instant.ts';
import type { Vault, VaultRecords } from './port.ts';

/** An empty vault for one test; `start` may be called several times, as several processes would. */
export type VaultUnderTest = AsyncDisposable & {
  start(): Promise<Vault>;
  /** How many writes at once the store takes on a busy machine in a minute. */
  readonly manyWrites: number;
};

const ann = 'ann' as PersonId;
const bob = 'bob' as PersonId;
const session = (person: PersonId): VaultRecords['session'] => ({ person, createdAt: instant(0), expiresAt: instant(1_000) });

const subjectKey = (key: string): VaultRecords['subject-key'] => ({ keyId: 'key-1', key });

type AddTest = (title: string, body: (t: ExecutionContext) => Promise<void>) => void;

/** Each adapter's test file is one call: `vaultContract('sqlite', openSqliteStore)`. */
export function vaultContract(adapter: string, open: () => Promise<VaultUnderTest>, addTest: AddTest = test): void {
  const check = (title: string, body: (t: ExecutionContext, vault: Vault, store: VaultUnderTest) => Promise<void>) =>
    addTest(`${adapter}: ${title}`, async (t) => {
      await using store = await open();
      await using vault = await store.start();
      await body(t, vault, store);
    });

  check('a record is kept by kind and id', async (t, vault) => {
    await vault.put('subject-key', 'k1', subjectKey('one'));
    await vault.put('installation-secret', 'k1', { secret: 'two ä' });
    t.deepEqual(await vault.get('subject-key', 'k1'), subjectKey('one'));
    t.deepEqual(await vault.get('installation-secret', 'k1'), { secret: 'two ä' });
    t.is(await vault.get('subject-key', 'k2'), undefined);
    t.is(await vault.get('session', 'k1'), undefined);
  });

  check('a put replaces the whole record, whatever its length, and leaves the owner', async (t, vault) => {
    await vault.put('session', 's1', session(ann), { owner: ann });
    const ended = { ...session(ann), endedAt: instant(500) };
    await vault.put('session', 's1', ended);
    t.deepEqual(await vault.get('session', 's1'), ended);
    t.deepEqual(await vault.owned('session', ann), [{ id: 's1', record: ended }]);
    const secrets = Array.from({ length: 50 }, (_, i) => ({ secret: `secret-${i}`.repeat(20) }));
    for (const count of [1, 50, 2, 1, 50]) {
      await vault.put('app-secret', 'a1', { app: 'a1' as AppId, secrets: secrets.slice(0, count) });
      t.deepEqual(await vault.get('app-secret', 'a1'), { app: 'a1' as AppId, secrets: secrets.slice(0, count) });
    }
    await vault.put('session', 's1', ended, { owner: bob });
    t.deepEqual([await vault.owned('session', ann), (await vault.owned('session', bob)).length], [[], 1]);
  });

  check('callers that race to create the same secret all get the same one', async (t, vault, store) => {
    await using other = await store.start();
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? vault : other).putIfAbsent('installation-secret', 'login-names', { secret: `secret-${i}` })),
    );
    const kept = await vault.get('installation-secret', 'login-names');
    for (const answer of answers) t.deepEqual(answer, kept);
    t.deepEqual(await other.get('installation-secret', 'login-names'), kept);
  });

  check('a put that races with a put-if-absent is what is kept, and the other caller is answered what was kept at its moment', async (t, vault, store) => {
    await using other = await store.start();
    for (let round = 0; round < 10; round++) {
      const [answer] = await Promise.all([
        vault.putIfAbsent('subject-key', `k${round}`, subjectKey('created')),
        other.put('subject-key', `k${round}`, subjectKey('put')),
      ]);
      t.true(['created', 'put'].includes('key' in answer ? answer.key : 'erased'));
      t.deepEqual(await vault.get('subject-key', `k${round}`), subjectKey('put'));
    }
  });

  check('an id or an owner may be any text, and two that differ are never taken for one', async (t, vault) => {
    const ids = ['', 'a', 'a ', 'A', '$a', 'a.b', 'a:used', 'a\u0000', '["a"]', 'ä', 'a\u0308', 'x'.repeat(2_000)];
    for (const id of ids) await vault.put('subject-key', id, subjectKey(`of ${id}`), { owner: `owner ${id}` });
    for (const id of ids) {
      t.deepEqual(await vault.get('subject-key', id), subjectKey(`of ${id}`));
      t.deepEqual(await vault.owned('subject-key', `owner ${id}`), [{ id, record: subjectKey(`of ${id}`) }]);
    }
    await vault.removeOwned('owner a');
    t.deepEqual(
      await Promise.all(ids.map(async (id) => (await vault.get('subject-key', id)) === undefined)),
      ids.map((id) => id === 'a'),
    );
  });

  check('put-if-absent creates a record that was removed', async (t, vault) => {
    await vault.putIfAbsent('subject-key', 'k1', subjectKey('one'), { owner: ann });
    await vault.remove('subject-key', 'k1');
    t.deepEqual(await vault.putIfAbsent('subject-key', 'k1', subjectKey('two'), { owner: ann }), subjectKey('two'));
    t.deepEqual(await vault.owned('subject-key', ann), [{ id: 'k1', record: subjectKey('two') }]);
  });

  check('an owner’s records are found by kind, and only the owner’s', async (t, vault) => {
    for (const id of ['s2', 's1']) await vault.put('session', id, session(ann), { owner: ann });
    await vault.put('session', 's3', session(bob), { owner: bob });
    await vault.put('session', 's4', session(ann));
    await vault.put('subject-key', 'k1', subjectKey('one'), { owner: ann });
    const owned = (await vault.owned('session', ann)).map(({ id }) => id);
    t.deepEqual(owned.toSorted(), ['s1', 's2']);
    t.deepEqual(await vault.owned('credential', ann), []);
  });

  check('a removed record is gone, and removing it again is no error', async (t, vault) => {
    await vault.put('session', 's1', session(ann), { owner: ann });
    await vault.put('session', 's2', session(ann), { owner: ann });
    await vault.remove('session', 's1');
    await vault.remove('session', 's1');
    t.is(await vault.get('session', 's1'), undefined);
    t.deepEqual(
      (await vault.owned('session', ann)).map(({ id }) => id),
      ['s2'],
    );
  });

  check('removing an owner’s records removes every kind, and no other owner’s', async (t, vault, store) => {
    await vault.put('session', 's1', session(ann), { owner: ann });
    await vault.put('subject-key', 'k1', subjectKey('ann’s'), { owner: ann });
    await vault.put('subject-key', 'k2', subjectKey('bob’s'), { owner: bob });
    await vault.put('installation-secret', 'ann', { secret: 'nobody’s' });
    await vault.removeOwned(ann);
    await vault.removeOwned('nobody');
    t.deepEqual([await vault.get('session', 's1'), await vault.get('subject-key', 'k1')], [undefined, undefined]);
    t.deepEqual([await vault.get('subject-key', 'k2'), await vault.get('installation-secret', 'ann')], [subjectKey('bob’s'), { secret: 'nobody’s' }]);
    await using other = await store.start();
    t.is(await other.get('subject-key', 'k1'), undefined);
  });

  check('many concurrent writes are all kept over a restart', async (t, vault, store) => {
    const people = Array.from({ length: store.manyWrites }, (_, i) => `person-${i}` as PersonId);
    const credential = (person: PersonId) => ({ person, passwordHash: `hash of ${person}` });
    await Promise.all(people.map((person) => vault.put('credential', person, credential(person), { owner: person })));
    await vault[Symbol.asyncDispose]();
    await using restarted = await store.start();
    for (const person of people) t.deepEqual(await restarted.get('credential', person), credential(person));
  });

  check('pending writes are written before the vault stops', async (t, vault, store) => {
    const written = Promise.all(Array.from({ length: 100 }, (_, i) => vault.put('subject-key', `k${i}`, subjectKey(String(i)))));
    await vault[Symbol.asyncDispose]();
    await written;
    await using restarted = await store.start();
    t.deepEqual(await restarted.get('subject-key', 'k99'), subjectKey('99'));
  });
}
