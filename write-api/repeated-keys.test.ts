/** Idempotency keys keep the promises of the OpenAPI document. */
import test from 'ava';
import { givenWriteApi } from './test-fixture.ts';

const keyed = (key: string, body?: object) => ({ headers: { 'idempotency-key': key }, ...(body === undefined ? {} : { body }) });

test('a request that found everything so already leaves nothing behind, and is decided anew under its key', async (t) => {
  await using api = await givenWriteApi();
  const [ada, bob] = [await api.person(), await api.person()];
  const path = `/v1/me/mutes/${bob.person}`;
  t.is((await api.request(ada, 'PUT', path, keyed('first'))).status, 201);
  t.is((await api.request(ada, 'PUT', path, keyed('second'))).status, 200);
  t.is((await api.request(ada, 'DELETE', path)).status, 200);
  const again = await api.request(ada, 'PUT', path, keyed('second'));
  t.deepEqual([again.status, again.headers.get('idempotency-replayed')], [201, null]);
  const repeated = await api.request(ada, 'PUT', path, keyed('first'));
  t.deepEqual([repeated.status, repeated.headers.get('idempotency-replayed'), repeated.body.revision], [201, 'true', 0]);
});

test('a request that was refused is decided anew under its key', async (t) => {
  await using api = await givenWriteApi();
  const [ada, bob] = [await api.person(), await api.person()];
  await api.request(bob, 'PUT', `/v1/me/blocks/${ada.person}`);
  const follow = () => api.request(ada, 'PUT', `/v1/me/follows/${bob.person}`, keyed('one'));
  t.is((await follow()).body.code, 'blocked');
  await api.request(bob, 'DELETE', `/v1/me/blocks/${ada.person}`);
  t.is((await follow()).status, 201);
});

test('a key belongs to the stream that the command changes: under it, the channel with another person is another command', async (t) => {
  await using api = await givenWriteApi();
  const [ada, bob, eve] = [await api.person(), await api.person(), await api.person()];
  const open = (other: string) => api.request(ada, 'POST', '/v1/channels', keyed('one', { kind: 'direct', members: [other] }));
  const [first, second, again] = [await open(bob.person), await open(eve.person), await open(bob.person)];
  t.deepEqual([first.status, second.status, again.status], [201, 201, 201]);
  t.not(first.body.id, second.body.id);
  t.deepEqual([again.body, again.headers.get('idempotency-replayed')], [first.body, 'true']);
  const group = (title: string) => api.request(ada, 'POST', '/v1/channels', keyed('two', { kind: 'group', members: [], title }));
  t.is((await group('Choir')).status, 201);
  t.is((await group('Crew')).body.code, 'idempotency-key-reused');
});

test('a key belongs to the person who chose it: two people open their one channel under the same key', async (t) => {
  await using api = await givenWriteApi();
  const [ada, bob] = [await api.person(), await api.person()];
  await api.friends(ada, bob);
  const open = (as: typeof ada, other: typeof ada) => api.request(as, 'POST', '/v1/channels', keyed('one', { kind: 'direct', members: [other.person] }));
  const [first, second] = [await open(ada, bob), await open(bob, ada)];
  t.deepEqual([first.status, second.status], [201, 200]);
  t.is(second.body.id, first.body.id);
});

test('adding a person again under its key tells what it did the first time', async (t) => {
  await using api = await givenWriteApi();
  const [ada, bob] = [await api.person(), await api.person()];
  const { id } = (await api.request(ada, 'POST', '/v1/channels', { body: { kind: 'group', members: [] } })).body;
  const add = (key: string) => api.request(ada, 'PUT', `/v1/channels/${id}/members/${bob.person}`, keyed(key));
  const first = await add('one');
  t.like(first, { status: 201, body: { membership: 'invited' } });
  await api.request(bob, 'POST', `/v1/me/invitations/${id}/accept`);
  t.deepEqual((await add('one')).body, first.body);
  t.like(await add('two'), { status: 200, body: { membership: 'member' } });
});

test('a person is added without being asked by a group that both are in, and by no other', async (t) => {
  await using api = await givenWriteApi();
  const [ada, bob, eve] = [await api.person(), await api.person(), await api.person()];
  const group = async (...members: readonly string[]) => (await api.request(ada, 'POST', '/v1/channels', { body: { kind: 'group', members } })).body.id;
  const [shared, others, target] = [await group(bob.person), await group(eve.person), await group()];
  await api.request(bob, 'POST', `/v1/me/invitations/${shared}/accept`);
  await api.request(eve, 'POST', `/v1/me/invitations/${others}/accept`);
  const add = (person: string, sharedGroup: string) => api.request(ada, 'PUT', `/v1/channels/${target}/members/${person}`, { body: { sharedGroup } });
  t.like(await add(eve.person, shared), { status: 201, body: { membership: 'invited' } });
  t.like(await add(bob.person, others), { status: 201, body: { membership: 'invited' } });
  t.like(await add(bob.person, shared), { status: 201, body: { membership: 'member' } });
});
