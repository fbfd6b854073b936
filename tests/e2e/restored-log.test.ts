/**
 * The log is restored from a backup while clients hold what came after it: they are told plainly to fetch again, and see what the
 * log says now. The views are newer than the backup, as where only the log was lost.
 */
import test from 'ava';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { v7 } from 'uuid';
import type { Addresses } from '../client/call-api.ts';
import { expectStatus, listOf } from '../client/expectations.ts';
import { openGatewaySocket, type Frame } from '../client/gateway-socket.ts';
import { ADMIN_TOKEN, startTidingsForTest, startTidingsProcess, temporaryFolder } from '../start-for-test.ts';
import { callReadApi, callWriteApi, TEST_TIMEOUT_MS, type SystemUnderTest } from './system-under-test.ts';

type Person = { readonly id: string; readonly headers: { readonly authorization: string } };

const systemAt = (addresses: Addresses): SystemUnderTest => ({ addresses: () => Promise.resolve(addresses), adminToken: ADMIN_TOKEN });
const send = (system: SystemUnderTest, { headers }: Person, path: string, body?: unknown, position?: string) =>
  callWriteApi(system, path, { method: 'POST', key: v7(), body, headers: { ...headers, ...(position === undefined ? {} : { 'tidings-position': position }) } });
const query = (system: SystemUnderTest, { headers }: Person, path: string, position?: string) =>
  callReadApi(system, path, { headers: { ...headers, ...(position === undefined ? {} : { 'min-position': position }) } });

async function signUp(system: SystemUnderTest, loginName: string): Promise<Person> {
  const login = { loginName, password: 'correct horse battery' };
  const { body } = expectStatus([201], await callWriteApi(system, '/v1/people', { method: 'POST', key: v7(), body: { ...login, name: loginName } }));
  const session = expectStatus([201], await callWriteApi(system, '/v1/sessions', { method: 'POST', body: login }));
  return { id: String(body['id']), headers: { authorization: `Bearer ${String(session.body['token'])}` } };
}

/** Returns the position of the last one. */
async function sendAll(system: SystemUnderTest, person: Person, path: string, texts: readonly string[]): Promise<string> {
  let position = '';
  for (const text of texts) position = expectStatus([201], await send(system, person, path, { text })).position ?? '';
  return position;
}

async function hello(system: SystemUnderTest, { headers }: Person, kept: object): Promise<Frame> {
  const { body } = await callWriteApi(system, '/v1/gateway', { headers });
  await using socket = await openGatewaySocket(String(body['gateway']));
  socket.send({ type: 'hello', token: headers.authorization.slice('Bearer '.length), device: 'phone', ...kept });
  const welcome = await socket.waitForFrame(({ type }) => type === 'welcome');
  if (welcome === undefined) throw new Error('no welcome');
  return welcome;
}

const textsIn = async (system: SystemUnderTest, person: Person, path: string, list: string, position: string): Promise<readonly unknown[]> =>
  listOf(expectStatus([200], await query(system, person, path, position)), list).map(({ text }) => text);

test('after a restore of the log, what clients hold is refused plainly, and feed, inbox and chat are as the log says', async (t) => {
  t.timeout(TEST_TIMEOUT_MS);
  await using folder = await temporaryFolder();
  await using backup = await temporaryFolder();
  const events = (of: { readonly path: string }) => join(of.path, 'events');

  let people: { readonly ann: Person; readonly bob: Person; readonly channel: string } | undefined;
  {
    await using tidings = await startTidingsForTest(folder.path);
    const system = systemAt(tidings.addresses);
    const [ann, bob] = [await signUp(system, 'ann'), await signUp(system, 'bob')];
    const { body: request } = expectStatus([201], await send(system, ann, '/v1/friend-requests', { person: bob.id }));
    expectStatus([200, 201], await send(system, bob, `/v1/friend-requests/${encodeURIComponent(String(request['id']))}/accept`));
    const { body: opened } = expectStatus([201], await send(system, ann, '/v1/channels', { kind: 'direct', members: [bob.id] }));
    people = { ann, bob, channel: String(opened['id']) };
    await sendAll(system, ann, '/v1/me/feed', ['kept']);
    await sendAll(system, ann, `/v1/channels/${people.channel}/messages`, ['kept 0', 'kept 1']);
  }
  const { ann, bob, channel } = people;
  const messages = `/v1/channels/${channel}/messages`;
  await cp(events(folder), events(backup), { recursive: true });

  let lost = '';
  {
    await using tidings = await startTidingsForTest(folder.path);
    const system = systemAt(tidings.addresses);
    await sendAll(system, ann, messages, ['lost 2', 'lost 3']);
    lost = await sendAll(system, ann, '/v1/me/feed', ['lost']);
    t.deepEqual(await textsIn(system, bob, '/v1/me/feed', 'posts', lost), ['lost', 'kept']);
    t.is((await hello(system, bob, { cursors: { [channel]: 3 } }))['recovered'], true);
  }
  await rm(events(folder), { recursive: true });
  await cp(events(backup), events(folder), { recursive: true });

  const restored = ['--log-restored', new Date().toISOString()];
  let position = '';
  let epoch = 0;
  {
    await using tidings = await startTidingsProcess(folder.path, {}, restored);
    t.true(tidings.lines.some(({ msg }) => msg === 'the log was restored'));
    const system = systemAt(tidings.addresses);
    // The log grows past everything that was lost, so that nothing but its epoch tells.
    await sendAll(system, bob, messages, ['new 2', 'new 3', 'new 4', 'new 5']);
    position = await sendAll(system, ann, '/v1/me/feed', ['new']);
    t.true(Number(/\.(\d+)$/.exec(position)?.[1]) > Number(/\.(\d+)$/.exec(lost)?.[1]), `${position} is past ${lost}`);
    for (const refused of [
      await query(system, bob, '/v1/me/feed', lost),
      await query(system, bob, `/v1/me/notifications/live?min-position=${lost}`),
      await send(system, ann, '/v1/me/feed', { text: 'never' }, lost),
    ]) {
      t.deepEqual([refused.status, refused.body['code']], [409, 'position-of-another-log']);
      t.regex(String(refused.body['detail']), /fetch again/);
    }
    const welcome = await hello(system, bob, { cursors: { [channel]: 3 } });
    t.like(welcome, { recovered: false, heads: { [channel]: 5 } });
    epoch = Number(welcome['epoch']);
    t.true(position.startsWith(`${epoch}-`));
    await tidings.stop('SIGTERM');
  }

  // Told again, it is the same restore.
  await using tidings = await startTidingsProcess(folder.path, {}, restored);
  const system = systemAt(tidings.addresses);
  t.deepEqual(await textsIn(system, bob, '/v1/me/feed', 'posts', position), ['new', 'kept']);
  t.deepEqual(await textsIn(system, bob, messages, 'messages', position), ['kept 0', 'kept 1', 'new 2', 'new 3', 'new 4', 'new 5']);
  const [inbox] = listOf(expectStatus([200], await query(system, ann, '/v1/me/inbox', position)), 'channels');
  t.like(inbox, { channel, headSeq: 5, unread: 4 });
  t.like(await hello(system, bob, { cursors: { [channel]: 4 }, epoch }), { recovered: true, epoch });
});
