import test from 'ava';
import { v7 } from 'uuid';
import { instant, plus } from '../domain/shared/instant.ts';
import type { PersonId } from '../domain/shared/ids.ts';
import { LogUnavailable, type Position } from '../ports/event-log/port.ts';
import { PresenceUnavailable } from '../ports/presence/port.ts';
import { covers } from '../ports/event-log/position.ts';
import { givenWriteApi } from './test-fixture.ts';

const hello = (key?: string) => ({ body: { text: 'Hello' }, ...(key === undefined ? {} : { headers: { 'idempotency-key': key } }) });

test('a request repeated under one key gets the first response, and is executed once', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  for (const key of [v7({ msecs: Date.parse(api.commands.now) }), 'any-text']) {
    const first = await api.request(ada, 'POST', '/v1/me/feed', hello(key));
    api.commands.now = plus(api.commands.now, 5_000);
    const again = await api.request(ada, 'POST', '/v1/me/feed', hello(key));
    t.deepEqual([again.status, again.body], [201, first.body]);
    t.is(first.headers.get('idempotency-replayed'), null);
    t.is(again.headers.get('idempotency-replayed'), 'true');
    t.is(again.headers.get('idempotency-key'), key);
  }
});

test('concurrent requests under one key are executed once', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const answers = await Promise.all(Array.from({ length: 20 }, () => api.request(ada, 'POST', '/v1/me/feed', hello('at-once'))));
  t.is(new Set(answers.map(({ body }) => `${body.id} ${body.revision} ${body.position}`)).size, 1);
  t.is(answers.filter(({ headers }) => headers.get('idempotency-replayed') === null).length, 1);
});

test('a key belongs to one caller and one command', async (t) => {
  await using api = await givenWriteApi();
  const [ada, bob] = [await api.person(), await api.person()];
  const one = await api.request(ada, 'POST', '/v1/me/feed', hello('shared'));
  const other = await api.request(bob, 'POST', '/v1/me/feed', hello('shared'));
  t.not(one.body.id, other.body.id);
  t.is((await api.request(ada, 'PUT', `/v1/me/follows/${bob.person}`, { headers: { 'idempotency-key': 'shared' } })).status, 201);
});

test('without a key one is made and returned, and two requests are executed twice', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const [one, other] = [await api.request(ada, 'POST', '/v1/me/feed', hello()), await api.request(ada, 'POST', '/v1/me/feed', hello())];
  t.not(one.body.id, other.body.id);
  t.regex(one.headers.get('idempotency-key') ?? '', /^[0-9a-f-]{36}$/);
});

test('signing up again under one key returns the same person, and nothing of the password is in the log', async (t) => {
  await using api = await givenWriteApi();
  const body = { loginName: 'Ada', name: 'Ada', password: 'correct horse' };
  const first = await api.request('anonymous', 'POST', '/v1/people', { body, headers: { 'idempotency-key': 'first-start' } });
  const again = await api.request('anonymous', 'POST', '/v1/people', { body, headers: { 'idempotency-key': 'first-start' } });
  t.is(first.body.id, again.body.id);
  const [log = ''] = api.commands.log.logs;
  for await (const { data, metadata } of api.commands.log.readAll(log)) {
    for (const bytes of [data, metadata]) t.false(/correct horse|"Ada"/.test(Buffer.from(bytes).toString()));
  }
});

test('where the log was restored, a position has the epoch before it, and one of another epoch is refused with nothing appended', async (t) => {
  await using api = await givenWriteApi({ epoch: 1_764_417_600 });
  const ada = await api.person();
  const follow = { method: 'PUT', path: `/v1/me/follows/${(await api.person()).person}` };
  for (const name of ['min-position', 'tidings-position']) {
    for (const old of ['0.7', '1764417599-0.7', '1764417601-0.7']) {
      const { status, body } = await api.request(ada, follow.method, follow.path, { headers: { [name]: old } });
      t.deepEqual([status, body.code], [409, 'position-of-another-log'], old);
    }
  }
  const { status, body, headers } = await api.request(ada, follow.method, follow.path, { headers: { 'tidings-position': '1764417600-3.77' } });
  t.is(status, 201);
  t.regex(body.position ?? '', /^1764417600-0\.\d+_3\.77$/);
  t.is(headers.get('tidings-position'), body.position ?? '');
});

test('the returned position covers the write and the position that the client sent', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const { body, headers } = await api.request(ada, 'POST', '/v1/me/feed', hello());
  t.is(headers.get('tidings-position'), body.position ?? '');
  const elsewhere = '3.77' as Position;
  for (const name of ['min-position', 'tidings-position']) {
    const { body: merged } = await api.request(ada, 'POST', '/v1/me/feed', { body: { text: 'a' }, headers: { [name]: elsewhere } });
    t.true(covers(merged.position as Position, elsewhere) && covers(merged.position as Position, body.position as Position), name);
  }
  const nothing = await api.request(ada, 'DELETE', `/v1/me/follows/${ada.person}`, { headers: { 'tidings-position': elsewhere } });
  t.deepEqual([nothing.status, nothing.body.revision], [200, -1]);
  t.true(covers(nothing.body.position as Position, elsewhere));
});

test('a person who logs in gets a gateway of their region', async (t) => {
  await using api = await givenWriteApi();
  const { loginName } = await api.person();
  for (const region of ['local', 'far']) {
    const gateway = { id: region, url: `ws://${region}`, region, connections: 0, capacity: 10, draining: false };
    await api.gateways.announce(gateway, { at: api.commands.now, ttlMs: 15_000 });
  }
  const logIn = async (region?: string) =>
    (await api.request('anonymous', 'POST', '/v1/sessions', { body: { loginName, password: 'correct horse', ...(region === undefined ? {} : { region }) } }))
      .body;
  t.is((await logIn()).gateway, 'ws://local');
  const { token, person, gateway, expiresAt } = await logIn('far');
  t.is(gateway, 'ws://far');
  t.true(expiresAt > api.commands.now);
  t.is((await api.request({ token, person, loginName }, 'GET', '/v1/gateway?region=far')).body.gateway, 'ws://far');
  api.commands.now = plus(api.commands.now, 20_000);
  t.is((await logIn()).gateway, null, 'those that stopped announcing themselves are gone');
});

test('while nobody knows the gateways, a person can log in and asks for one later', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const registry = { ...api.gateways };
  Object.assign(api.gateways, { alive: () => Promise.reject(new PresenceUnavailable('away')) });
  const session = await api.request('anonymous', 'POST', '/v1/sessions', { body: { loginName: ada.loginName, password: 'correct horse' } });
  t.deepEqual([session.status, session.body.gateway], [201, null]);
  const asked = await api.request(ada, 'GET', '/v1/gateway');
  t.deepEqual([asked.status, asked.body.code], [503, 'store-unavailable']);
  Object.assign(api.gateways, registry);
  t.is((await api.request(ada, 'GET', '/v1/gateway')).status, 200);
});

test('logging out ends one session at once, and no other session of the person', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const { token } = (await api.request('anonymous', 'POST', '/v1/sessions', { body: { loginName: ada.loginName, password: 'correct horse' } })).body;
  t.is((await api.request(ada, 'DELETE', '/v1/sessions/current')).status, 204);
  t.is((await api.request(ada, 'POST', '/v1/me/feed', hello())).body.code, 'session-ended');
  t.is((await api.request({ ...ada, token }, 'POST', '/v1/me/feed', hello())).status, 201);
  t.true(api.commands.hints.some(({ kind }) => kind === 'session-ended'));
});

test('removing a device ends the sessions on it, and no others', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const logIn = { loginName: ada.loginName, password: 'correct horse', device: 'phone' };
  const phone = { ...ada, token: (await api.request('anonymous', 'POST', '/v1/sessions', { body: logIn })).body.token };
  await api.request(phone, 'PUT', '/v1/me/devices/phone', { body: { platform: 'apns', token: 'a-token' } });
  t.is((await api.request(ada, 'DELETE', '/v1/me/devices/phone')).status, 200);
  t.is((await api.request(phone, 'POST', '/v1/me/feed', hello())).body.code, 'session-ended');
  t.is((await api.request(ada, 'POST', '/v1/me/feed', hello())).status, 201);
});

test('a person who deletes the account can do nothing more, and the login name is free', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  t.is((await api.request(ada, 'DELETE', '/v1/me')).status, 200);
  t.is((await api.request(ada, 'POST', '/v1/me/feed', hello())).body.code, 'session-ended');
  const logIn = { body: { loginName: ada.loginName, password: 'correct horse' } };
  t.is((await api.request('anonymous', 'POST', '/v1/sessions', logIn)).body.code, 'login-failed');
  const again = await api.request('anonymous', 'POST', '/v1/people', { body: { ...logIn.body, name: 'Another' } });
  t.is(again.status, 201);
  t.not(again.body.id as PersonId, ada.person);
});

test('preferences that are set together, and again under the same key, are set once', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const choices = Array.from({ length: 5 }, (_, i) => ({ category: `c${i}`, channel: 'push', wanted: i % 2 === 0 }));
  const asking = { body: { choices, quietHours: { zone: 'UTC', from: '22:00', until: '06:00' } }, headers: { 'idempotency-key': 'once' } };
  const first = await api.request(ada, 'PUT', '/v1/me/preferences', asking);
  const again = await api.request(ada, 'PUT', '/v1/me/preferences', asking);
  t.deepEqual(again.body, first.body);
  t.is(again.headers.get('idempotency-replayed'), 'true');
});

test('preferences repeated under the same key undo no later choice, and other ones under it are refused even if a part was set already', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const choice = (category: string, wanted = true) => ({ category, channel: 'push', wanted });
  const set = (choices: readonly object[], headers = {}) => api.request(ada, 'PUT', '/v1/me/preferences', { body: { choices }, headers });
  const key = { 'idempotency-key': 'once' };
  await set([choice('x')]);
  const first = await set([choice('x'), choice('y')], key);
  const { revision } = (await set([choice('x', false)])).body;
  t.deepEqual((await set([choice('x'), choice('y')], key)).body, first.body);
  t.is((await set([choice('x')], key)).body.code, 'idempotency-key-reused');
  t.is((await set([choice('x', false)])).body.revision, revision, 'it is still so');
});

test('each limit counts the requests that it is named after', async (t) => {
  const within = (points: number) => ({ points, windowSeconds: 60 });
  await using api = await givenWriteApi({ limits: { posts: within(2), messages: within(2), 'login-failures': within(2), 'app-requests': within(4) } });
  const [ada, bob] = [await api.person(), await api.person()];
  const channel = await api.direct(ada, bob);
  const over = async (limit: string, ask: () => ReturnType<typeof api.request>) => {
    for (let i = 0; i < 10; i++) {
      const { status, body, headers } = await ask();
      if (status !== 429) continue;
      t.deepEqual([body.code, body.facts?.['limit']], ['rate-limited', limit]);
      t.true(Number(headers.get('retry-after')) > 0);
      return;
    }
    t.fail(`${limit} was never over`);
  };
  await over('posts', () => api.request(ada, 'POST', '/v1/me/feed', hello()));
  await over('messages', () => api.request(ada, 'POST', `/v1/channels/${channel}/messages`, hello()));
  await over('login-failures', () => api.request('anonymous', 'POST', '/v1/sessions', { body: { loginName: ada.loginName, password: 'a guess' } }));
  const app = await api.app();
  let key = 0;
  await over('app-requests', () => api.request(app, 'POST', '/v1/templates', { body: { body: `Hello ${key++}` } }));
  t.is((await api.request(bob, 'POST', '/v1/me/feed', hello())).status, 201, 'the other is not held back');
  t.is((await api.request(ada, 'PUT', `/v1/me/follows/${bob.person}`)).status, 201, 'and other things are not');
});

test('an unavailable log has its own code, with the time to try again', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  const { log } = api.commands;
  const append = log.append.bind(log);
  log.append = () => Promise.reject(new LogUnavailable('the disk is full'));
  const down = await api.request(ada, 'POST', '/v1/me/feed', hello('again'));
  t.deepEqual([down.status, down.body.code, down.headers.get('retry-after')], [503, 'log-unavailable', '1']);
  log.append = append;
  t.is((await api.request(ada, 'POST', '/v1/me/feed', hello('again'))).status, 201);
});

test('nothing personal is reported', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  await api.request(ada, 'PUT', '/v1/me/contacts/email', { body: { address: 'ada@example.org' } });
  await api.request(ada, 'POST', '/v1/me/feed', { body: { text: 'A secret of mine' } });
  await api.request(ada, 'PATCH', '/v1/me', { body: { name: 'Ada', colour: 'red' } });
  const reported = JSON.stringify(api.events);
  t.true(api.events.length > 0);
  for (const personal of ['ada@example.org', 'A secret of mine', 'colour', ada.loginName, ada.token]) t.false(reported.includes(personal), personal);
  // Only the security log says whose account it was.
  const others = JSON.stringify(api.events.filter(({ type }) => type !== 'security'));
  t.false(others.includes(ada.person), ada.person);
});

test('the same key can’t send a friend request to another person', async (t) => {
  await using api = await givenWriteApi();
  const [ada, bob, cyd] = [await api.person(), await api.person(), await api.person()];
  const headers = { 'idempotency-key': 'be-my-friend' };
  const ask = (person: string) => api.request(ada, 'POST', '/v1/friend-requests', { body: { person }, headers });
  t.is((await ask(bob.person)).status, 201);
  t.is((await ask(cyd.person)).body.code, 'idempotency-key-reused');
  t.is((await ask(bob.person)).status, 201);
});

test('a command has the time of its request, and is traced to it', async (t) => {
  await using api = await givenWriteApi();
  const ada = await api.person();
  api.commands.now = instant(Date.parse(api.commands.now) + 12_345);
  const { body } = await api.request(ada, 'POST', '/v1/me/feed', { ...hello(), headers: { 'x-request-id': 'traced-1' } });
  for await (const stored of api.commands.log.readStream(body.stream)) {
    t.like(JSON.parse(Buffer.from(stored.metadata).toString()), { at: api.commands.now, $correlationId: 'traced-1', actor: ada.person });
  }
});
