import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import type { TidingsEvent } from '../../domain/events.ts';
import { erased } from '../../domain/shared/event.ts';
import type { PersonId } from '../../domain/shared/ids.ts';
import { instant } from '../../domain/shared/instant.ts';
import { startSqliteVault } from '../vault/sqlite.ts';
import { createCodec, sealed, Undecodable } from './codec.ts';
import { openKeyring, SubjectErased } from './keyring.ts';
import type { NewEvent, Position, StoredEvent } from './port.ts';

const at = instant(0);
const metadata = { $correlationId: 'c', actor: 'ann', at, command: 'c', request: 'r' };
const registered: TidingsEvent = { type: 'people.registered.v1', data: { name: 'Ann of the harbour', login: 'x' } };
const posted = (sender: string): TidingsEvent => ({
  type: 'chat.message-posted.v1',
  data: { channel: 'room' as never, sender: sender as PersonId, text: 'the heron nests', clientId: 'k', at, messageCount: 1 },
});
const stored = (stream: string, event: NewEvent): StoredEvent => ({ ...event, stream, revision: 0, position: '0.0' as Position });

async function givenCodec() {
  const folder = await mkdtemp(join(tmpdir(), 'tidings-codec-'));
  const vault = await startSqliteVault(join(folder, 'vault.sqlite'));
  const keyring = openKeyring(vault);
  return {
    keyring,
    vault,
    codec: createCodec(keyring, () => at),
    [Symbol.asyncDispose]: async () => {
      await vault[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

test('personal fields are sealed in the bytes, and plain again when decoded', async (t) => {
  await using given = await givenCodec();
  const encoded = await given.codec.encode('user-ann', { id: randomUUID(), event: registered, metadata });
  t.false(Buffer.from(encoded.data).includes('harbour'));
  const decoded = await given.codec.decode(stored('user-ann', encoded));
  t.deepEqual(decoded.data, registered.data);
  t.is(decoded.key, 'ann');
});

test('each subject’s fields are sealed under its own key: erasing one subject leaves the others readable', async (t) => {
  await using given = await givenCodec();
  const encode = async (sender: string) =>
    stored('messages-room', await given.codec.encode('messages-room', { id: randomUUID(), event: posted(sender), metadata }));
  const events = [await encode('ann'), await encode('bob')];
  await given.keyring.erase('ann', at);
  const [ofAnn, ofBob] = await given.codec.decodeAll(events);
  t.deepEqual((ofAnn as { data: { text: unknown } }).data.text, erased);
  t.deepEqual((ofBob as { data: { text: unknown } }).data.text, 'the heron nests');
});

test('what is not to be shown is not opened: a field is sealed, or erased with its key, and one that is damaged is sealed too', async (t) => {
  await using given = await givenCodec();
  const encode = async (sender: string) =>
    stored('messages-room', await given.codec.encode('messages-room', { id: randomUUID(), event: posted(sender), metadata }));
  const events = [await encode('ann'), await encode('bob'), { ...(await encode('bob')), id: randomUUID() }];
  await given.keyring.erase('ann', at);
  const decoded = await given.codec.decodeSealed(events);
  t.deepEqual(
    decoded.map((event) => event instanceof Undecodable || (event.data as { text: unknown }).text),
    [erased, sealed, sealed],
  );
  t.like(decoded[1], { data: { sender: 'bob' }, revision: 0, metadata: { actor: 'ann' } });
});

test('a text that this process sealed is decoded as another process decodes it: erased with its key, and nothing in another event', async (t) => {
  await using given = await givenCodec();
  const [id, elsewhere] = [randomUUID(), createCodec(given.keyring, () => at)];
  const event = stored('messages-room', await given.codec.encode('messages-room', { id, event: posted('ann'), metadata }));
  const copied = { ...event, id: randomUUID() };
  for (const codec of [given.codec, elsewhere]) {
    t.like(await codec.decode(event), { data: { text: 'the heron nests' } });
    await t.throwsAsync(codec.decode(copied), { instanceOf: Undecodable, message: /does not open/ });
  }
  for (let others = 0; others < 2_100; others++) await given.codec.encode('messages-room', { id: randomUUID(), event: posted('ann'), metadata });
  t.like(await given.codec.decode(event), { data: { text: 'the heron nests' } }, 'and when it is forgotten');
  const last = stored('messages-room', await given.codec.encode('messages-room', { id, event: posted('ann'), metadata }));
  await given.keyring.erase('ann', at);
  for (const codec of [given.codec, elsewhere]) t.like(await codec.decode(last), { data: { text: erased } });
});

test('metadata is read without any key, and bytes that are no metadata are reported with their place', async (t) => {
  await using given = await givenCodec();
  const event = stored('user-ann', await given.codec.encode('user-ann', { id: randomUUID(), event: registered, metadata }));
  await given.keyring.erase('ann', at);
  t.like(given.codec.metadataOf({ ...event, data: Buffer.from('no JSON') }), metadata);
  t.throws(() => given.codec.metadataOf({ ...event, metadata: Buffer.from('no JSON') }), { instanceOf: Undecodable, message: /^user-ann@0: / });
});

test('nothing is ever sealed again for a subject that was erased', async (t) => {
  await using given = await givenCodec();
  await given.keyring.sealingKeyOf('ann');
  await given.keyring.erase('ann', at);
  await t.throwsAsync(given.codec.encode('user-ann', { id: randomUUID(), event: registered, metadata }), { instanceOf: SubjectErased });
  await t.throwsAsync(createCodec(openKeyring(given.vault), () => at).encode('user-ann', { id: randomUUID(), event: registered, metadata }), {
    instanceOf: SubjectErased,
  });
});

test('once a process has read that a subject was erased it opens and seals nothing of it, also before the key is gone', async (t) => {
  await using given = await givenCodec();
  const encode = async (event: TidingsEvent) => await given.codec.encode('user-ann', { id: randomUUID(), event, metadata });
  const said = stored('user-ann', await encode(registered));
  const gone = stored('user-ann', await encode({ type: 'people.person-erased.v1', data: { login: 'x' } }));
  const [, late] = await given.codec.decodeAll([gone, said]);
  t.deepEqual((late as { data: { name: unknown } }).data.name, erased);
  await t.throwsAsync(encode(registered), { instanceOf: SubjectErased });
  t.deepEqual((await given.codec.decode(said)).data, { name: erased, login: 'x' });
});

test('a sealed field does not open in another event', async (t) => {
  await using given = await givenCodec();
  const encoded = await given.codec.encode('user-ann', { id: randomUUID(), event: registered, metadata });
  await t.throwsAsync(given.codec.decode(stored('user-ann', { ...encoded, id: randomUUID() })), { instanceOf: Undecodable });
});

test('an event that can’t be decoded hides none of the others', async (t) => {
  await using given = await givenCodec();
  const good = stored('user-ann', await given.codec.encode('user-ann', { id: randomUUID(), event: registered, metadata }));
  const bad = { ...good, data: Buffer.from('{') };
  const foreign = { ...good, type: 'somebody.elses.v1' };
  const decoded = await given.codec.decodeAll([bad, good, foreign]);
  t.deepEqual(
    decoded.map((event) => event instanceof Undecodable),
    [true, false, true],
  );
});
