import { randomBytes } from 'node:crypto';
import test from 'ava';
import { MongoClient, type Binary } from 'mongodb';
import { testWith } from '../../tests/servers/availability.ts';
import { startMongoServer } from '../../tests/servers/mongodb.ts';
import type { TestServer } from '../../tests/servers/server-process.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { connectMongo, type MongoConnection, type MongoOptions } from '../mongodb/connect.ts';
import { vaultContract } from './contract.ts';
import { startMongoVault, type MongoVaultDependencies } from './mongodb.ts';
import { VaultDamaged, VaultUnavailable, type Vault, type VaultRecords } from './port.ts';
import type { SealingKey, SealingKeys } from './sealing-keys.ts';

const check = testWith('secantusd-py');

const keyNamed = (id: string): SealingKey => ({ id, bytes: randomBytes(32) });
const KEYS: SealingKeys = [keyNamed('k1')];
const subjectKey = (key: string): VaultRecords['subject-key'] => ({ keyId: 'key-1', key });

/** For a machine that is busy with other things. */
const PATIENT = { selectionTimeoutMs: 60_000, answerTimeoutMs: 60_000, connectTimeoutMs: 60_000 };

/** A vault that stops its connection with itself. */
async function startVault(url: string, keys: SealingKeys = KEYS, dependencies: Partial<MongoVaultDependencies> & Partial<MongoOptions> = {}): Promise<Vault> {
  await using starting = new AsyncDisposableStack();
  const connection = starting.use(await connectMongo({ url, name: 'vault-test', ...PATIENT, ...dependencies }));
  const vault = starting.use(
    await startMongoVault(
      {
        connection,
        onError: (error) => {
          throw error;
        },
        ...dependencies,
      },
      keys,
    ),
  );
  const started = starting.move();
  return { ...vault, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

/** One server with a database for each test of the contract. */
let shared: Promise<TestServer> | undefined;
let databases = 0;
test.after.always(async () => (await shared)?.[Symbol.asyncDispose]());

vaultContract(
  'mongodb',
  async () => {
    const server = await (shared ??= startMongoServer());
    const url = server.url.replace('/?', `/vault-${databases++}?`);
    return { start: () => startVault(url), manyWrites: 300, [Symbol.asyncDispose]: async () => undefined };
  },
  check,
);

async function openCollection(url: string) {
  const client = await MongoClient.connect(url);
  const documents = client.db('tidings').collection<{ _id: string; kind: string; sealed: Binary }>('vault');
  return { documents, [Symbol.asyncDispose]: () => client.close() };
}

check('what the server has says nothing of ids, owners and records', async (t) => {
  await using server = await startMongoServer();
  await using vault = await startVault(server.url);
  const owner = 'ann-of-this-test'; // so long that no sealed bytes have it by chance
  await vault.put('session', 'the-session', { person: owner as PersonId, createdAt: '2026-01-01' as never, expiresAt: '2027-01-01' as never }, { owner });
  await vault.putIfAbsent('subject-key', owner, subjectKey('the-key'), { owner });
  await using collection = await openCollection(server.url);
  const kept = JSON.stringify(
    await collection.documents
      .find()
      .map((document) => ({ ...document, sealed: document.sealed?.toString('hex') }))
      .toArray(),
  );
  t.regex(kept, /"kind":"session"/);
  for (const told of [owner, 'the-session', 'the-key', '2026-01-01', Buffer.from(owner).toString('hex'), Buffer.from(owner).toString('base64url')])
    t.false(kept.includes(told), told);
});

check('a vault is opened with its own key only, and what is wrong is said', async (t) => {
  await using server = await startMongoServer();
  const [first] = KEYS;
  await (await startVault(server.url))[Symbol.asyncDispose]();
  await t.throwsAsync(startVault(server.url, [{ id: first.id, bytes: randomBytes(32) }]), {
    message: /^The key k1 of the key file isn’t the one that this vault/,
  });
  await t.throwsAsync(startVault(server.url, [keyNamed('k2')]), { message: /^The vault is sealed under the key k1, and the key file has none of these/ });
  await using vault = await startVault(server.url);
  t.deepEqual(await vault.verify(), { records: 0, damage: [] });
});

check('an older key is needed until its records are sealed anew, and opens nothing afterwards', async (t) => {
  await using server = await startMongoServer();
  const [older, newer] = [keyNamed('k1'), keyNamed('k2')];
  const ids = Array.from({ length: 600 }, (_, i) => `k${i}`);
  {
    await using vault = await startVault(server.url, [older]);
    await Promise.all(ids.map((id) => vault.put('subject-key', id, subjectKey(`of ${id}`), { owner: id })));
    await using prepared = await startVault(server.url, [older, newer]);
    t.deepEqual(await prepared.get('subject-key', 'k1'), subjectKey('of k1'));
  }
  {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    await using vault = await startVault(server.url, [newer, older], { onResealed: resolve });
    await vault.put('subject-key', 'new', subjectKey('new'));
    await t.throwsAsync(startVault(server.url, [older]), { message: /sealed under the key k2, which the key file lacks/ });
    const { key, damaged } = (await promise) as { key: string; damaged: number };
    t.deepEqual({ key, damaged }, { key: 'k2', damaged: 0 });
  }
  await using vault = await startVault(server.url, [newer]);
  for (const id of ids) t.deepEqual(await vault.get('subject-key', id), subjectKey(`of ${id}`));
  t.deepEqual(await vault.owned('subject-key', 'k7'), [{ id: 'k7', record: subjectKey('of k7') }]);
  t.deepEqual(await vault.verify(), { records: 601, damage: [] });
  await t.throwsAsync(startVault(server.url, [older]), { message: /has none of these keys/ });
});

check('a record under a key that the file lacks is refused at the start', async (t) => {
  await using server = await startMongoServer();
  const [older, newer] = [keyNamed('k1'), keyNamed('k2')];
  await using vault = await startVault(server.url, [older]);
  const { promise, resolve } = Promise.withResolvers<unknown>();
  await using renewed = await startVault(server.url, [newer, older], { onResealed: resolve });
  t.deepEqual(await promise, { key: 'k2', records: 0, damaged: 0 });
  await vault.put('subject-key', 'late', subjectKey('by a process that was not started again'));
  await t.throwsAsync(startVault(server.url, [newer]), { message: /^Records of the vault are sealed under the key k1, which the key file lacks/ });
  t.deepEqual(await renewed.get('subject-key', 'late'), subjectKey('by a process that was not started again'));
});

check('what was changed, moved or renamed on the server is never answered, others are, and verifying tells of it without an id', async (t) => {
  await using server = await startMongoServer();
  await using vault = await startVault(server.url);
  for (const id of ['k1', 'k2', 'k3', 'k4']) await vault.put('subject-key', id, subjectKey(id));
  await vault.put('app-disabled', 'a1', { at: '2026' as never });
  await using collection = await openCollection(server.url);
  const [changed, moved, other, renamed] = await collection.documents.find({ kind: 'subject-key' }).toArray();
  if (changed === undefined || moved === undefined || other === undefined || renamed === undefined) throw new Error('there are four');
  const bytes = changed.sealed.value();
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  await collection.documents.updateOne({ _id: changed._id }, { $set: { sealed: bytes as never } });
  await collection.documents.updateOne({ _id: moved._id }, { $set: { sealed: other.sealed } });
  await collection.documents.updateOne({ _id: renamed._id }, { $set: { kind: 'credential' } });
  const answers = await Promise.all(['k1', 'k2', 'k3', 'k4'].map((id) => vault.get('subject-key', id).catch((error: unknown) => error)));
  t.is(answers.filter((answer) => answer instanceof VaultDamaged).length, 3);
  const { records, damage } = await vault.verify();
  t.is(records, 5);
  t.deepEqual(
    damage.toSorted(),
    ['credential', 'subject-key', 'subject-key'].map(
      (kind) => `tidings.vault: A record of the vault, of the kind ${kind}, isn’t what was written. Restore its newest backup: its records can’t be rebuilt.`,
    ),
  );
});

check('a vault that lost the document that finds its records is refused', async (t) => {
  await using server = await startMongoServer();
  await using vault = await startVault(server.url);
  await vault.put('subject-key', 'k1', subjectKey('one'));
  await using collection = await openCollection(server.url);
  await collection.documents.deleteOne({ _id: 'digest-key' });
  await t.throwsAsync(startVault(server.url), { message: /Restore its newest backup, whole/ });
});

const SHORT = { selectionTimeoutMs: 1_000, answerTimeoutMs: 2_000, connectTimeoutMs: 1_000 };
/** The times that such a vault allows may be too short for its start, where the machine is busy with other things. */
async function startedOnceReached(start: () => Promise<Vault>): Promise<Vault> {
  for (let tries = 1; ; tries++) {
    try {
      return await start();
    } catch (error) {
      if (!(error instanceof VaultUnavailable) || tries === 20) throw error;
    }
  }
}

/** How much later than its time-out a call may end on a machine that is busy with other things. */
const OVERRUN_MAX_MS = 3_000;

check('a server that is gone, hangs or is killed is an outage within its time, and nothing that was acknowledged is missing afterwards', async (t) => {
  await using server = await startMongoServer({ isDurable: true });
  await using patient = await startVault(server.url);
  await using vault = await startedOnceReached(() => startVault(server.url, KEYS, SHORT));
  const acknowledged: string[] = [];
  const notAnswered: unknown[] = [];
  const writing = new AbortController();
  const write = async (writer: number) => {
    for (let i = 0; !writing.signal.aborted; i++) {
      const [id, begin] = [`${writer}-${i}`, performance.now()];
      try {
        if (i % 2 === 0) await vault.put('subject-key', id, subjectKey(id), { owner: `owner ${id}` });
        else t.deepEqual(await vault.putIfAbsent('subject-key', id, subjectKey(id)), subjectKey(id));
        acknowledged.push(id);
      } catch (error) {
        notAnswered.push(error);
      }
      t.true(performance.now() - begin < SHORT.answerTimeoutMs + OVERRUN_MAX_MS);
    }
  };
  const writers = Promise.all(Array.from({ length: 8 }, (_, writer) => write(writer)));
  await using stop = { [Symbol.asyncDispose]: async () => void (writing.abort(), await writers) };
  const until = async (count: number) => {
    for (const begin = acknowledged.length; acknowledged.length < begin + count;) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await until(100);
  server.hang();
  const calls = {
    get: () => vault.get('subject-key', '0-0'),
    owned: () => vault.owned('subject-key', 'owner 0-0'),
    remove: () => vault.remove('subject-key', 'nothing'),
    removeOwned: () => vault.removeOwned('nobody'),
    verify: () => vault.verify(),
  };
  for (const [name, call] of Object.entries(calls)) await t.throwsAsync(call, { instanceOf: VaultUnavailable }, name);
  server.resume();
  await until(100);
  await server.kill();
  for (const [name, call] of Object.entries(calls)) await t.throwsAsync(call, { instanceOf: VaultUnavailable }, name);
  await server.start();
  await until(100);
  await server.kill();
  await server.start();
  await until(20);
  await stop[Symbol.asyncDispose]();
  t.true(notAnswered.length > 0);
  for (const error of notAnswered) t.true(error instanceof VaultUnavailable, String(error));
  for (const id of acknowledged) t.deepEqual(await patient.get('subject-key', id), subjectKey(id));
  t.deepEqual((await patient.verify()).damage, []);
});

check('a server that can’t be reached at the start is an outage', async (t) => {
  await using server = await startMongoServer();
  await using connection: MongoConnection = await connectMongo({ url: server.url, name: 'vault-test', ...SHORT });
  await server.kill();
  await t.throwsAsync(startMongoVault({ connection, onError: () => undefined }, KEYS), { instanceOf: VaultUnavailable });
});
